#!/usr/bin/env python3
"""Splink on a set made by gen_people.py:  peer_splink.py synth DIR --explode [--nn] [--threads N]
Prints JSON. Single run; wall time by stage; peak RSS of the process. Thresholds of weight and margin are chosen on the
scored queries themselves, at every weight that occurs, which is kinder to Splink than a user's life is."""
import sys, time, json, os, resource, argparse, logging
import duckdb, splink
import splink.comparison_library as cl, splink.comparison_level_library as cll
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
logging.getLogger('splink').setLevel(logging.ERROR); logging.disable(logging.WARNING)
def ex(con, q):
    r = con.execute(q)
    try: return r.fetchall()
    except Exception: return []
HERE = os.path.dirname(os.path.abspath(__file__)); T = {}; C = {}; t0 = time.time(); c0_ = time.process_time()
def lap(k):
    global t0, c0_; T[k] = round(time.time() - t0, 3); C[k] = round(time.process_time() - c0_, 3); t0 = time.time(); c0_ = time.process_time()

def evaluate(con, pred, truth, n_q, name, extra):
    """pred(qid, rid, w): best register id per query with weight; truth(qid, rid|NULL). Sweep of threshold x margin."""
    ex(con, f"create or replace temp table ev_b as select qid, rid, w, row_number() over (partition by qid order by w desc, rid) rn from (select qid, rid, max(w) w from {pred} group by all)")
    ex(con, "create or replace temp table ev_best as select a.qid, a.rid, a.w, a.w - coalesce(c.w, -99) as margin from ev_b a left join ev_b c on a.qid=c.qid and c.rn=2 where a.rn=1")
    pw = ex(con, f"select p.w, case when t.rid=p.rid then 1 else 0 end from (select qid,rid,max(w) w from {pred} group by all) p join {truth} t using(qid) order by 1 desc")
    n_true = ex(con, f"select count(*) from {truth} where rid is not null")[0][0]
    rows = ex(con, f"select x.w, x.margin, case when t.rid is not null and t.rid = x.rid then 1 else 0 end ok from ev_best x join {truth} t using (qid)")
    cov = ex(con, f"select count(*) from {truth} t where t.rid is not null and exists (select 1 from ev_b e where e.qid=t.qid and e.rid=t.rid)")[0][0]
    out = []
    for mg in (0, 2, 5, 8, 10, 12, 16, 20):
        n = tp = 0; kept = sorted(((w, ok) for w, m, ok in rows if m >= mg), reverse=True)
        for at, (w, ok) in enumerate(kept):
            n += 1; tp += ok
            if at + 1 == len(kept) or kept[at + 1][0] != w: out.append(dict(threshold=w, margin=mg, accepted=n, precision=tp / n, recall=tp / n_true, f1=2 * tp / (n + n_true)))
    tp = 0; pwbest = (0, 0, 0, 0)
    for i, (w, ok) in enumerate(pw, 1):
        tp += ok
        if i == len(pw) or pw[i][0] != w:
            f = 2 * tp / (i + n_true)
            if f > pwbest[0]: pwbest = (f, w, tp / i, tp / n_true)
    extra['pairwise_best_f1_threshold_precision_recall'] = pwbest
    best = max(out, key=lambda r: r['f1']); r999 = max((r for r in out if r['precision'] >= .999), key=lambda r: r['recall'], default=None); r99 = max((r for r in out if r['precision'] >= .99), key=lambda r: r['recall'], default=None)
    r9998 = max((r for r in out if r['precision'] >= .9998), key=lambda r: r['recall'], default=None); r9999 = max((r for r in out if r['precision'] >= .9999), key=lambda r: r['recall'], default=None)
    res = dict(name=name, splink=splink.__version__, duckdb=duckdb.__version__, queries=n_q, true_in_register=n_true, blocking_recall=cov / n_true, best_f1=best, recall_at_p99=r99, recall_at_p999=r999, recall_at_p9998=r9998, recall_at_p9999=r9999,
               wall_seconds=T, cpu_seconds=C, total_wall_s=round(sum(T.values()), 2), total_cpu_s=round(sum(C.values()), 2), loadavg=os.getloadavg(), peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, **extra)
    print(json.dumps(res, indent=1))

def synth(a):
    d = a.dir; con = duckdb.connect(); ex(con, f"set threads={a.threads}")
    nicks = f"read_csv('{HERE}/data/names/nhse_nicknames.csv', header=false, all_varchar=true, null_padding=true)"
    ex(con, f"""create temp table nk as select upper(trim(column00)) n, [upper(trim(x)) for x in [column00,column01,column02,column03,column04,column05,column06,column07,column08,column09,column10,column11,column12,column13] if x is not null and trim(x) <> ''] l from {nicks}""")
    ex(con, "create temp table nkm as select f, min(n) canon from (select unnest(l) f, n from nk) group by f")
    clean = """nullif(upper(trim(split_part(given_name,' ',1))),'') gn, nullif(upper(replace(replace(trim(family_name),' ',''),'-','')),'') sn, nullif(trim(date_of_birth),'') dob,
        case when gender in ('1','2') then gender end sex, nullif(replace(upper(postcode),' ',''),'') pc0, nullif(trim(nhs_number),'') nhs"""
    ex(con, f"create temp table r0 as select nhs_number rid, {clean} from read_csv('{d}/register.csv', all_varchar=true)")
    ex(con, f"create temp table q0 as select query_id rid, {clean} from read_csv('{d}/queries.csv', all_varchar=true)")
    if a.explode:   # PDS "exploded" over historic surnames and postcodes, as NHS England's own Splink pipeline does
        ex(con, f"create temp table h as select * from read_csv('{d}/history.csv', all_varchar=true)")
        ex(con, "insert into r0 select rid, gn, upper(replace(replace(value,' ',''),'-','')), dob, sex, pc0, nhs from (select r0.*, value from r0 join h on h.nhs_number=r0.rid and field='family_name')")
        ex(con, "insert into r0 select distinct rid, gn, sn, dob, sex, replace(value,' ',''), nhs from (select r0.*, value from r0 join h on h.nhs_number=r0.rid and field='postcode')")
    if a.nn: ex(con, f"update q0 set nhs = coalesce((select s.nhs_number from read_csv('{d}/superseded.csv', all_varchar=true) s where s.old_nhs_number=q0.nhs), nhs)")
    for t in 'rq':
        ex(con, f"""create table {t} as select row_number() over () uid, x.rid, gn, sn, coalesce(c.canon, gn) gcan, gn||' '||sn as full_name, dob, dob[1:4] yy, dob[7:8] dd, sex, case when regexp_matches(pc0,'^[A-Z]{{1,2}}[0-9][A-Z0-9]?[0-9][A-Z]{{2}}$') and pc0 not like 'ZZ99%' then pc0 end pc,
            case when pc0 like 'ZZ99%' then null when regexp_matches(pc0,'[0-9][A-Z]{{2}}$') and len(pc0)>=5 then pc0[:len(pc0)-3] else pc0 end oc, case when regexp_matches(pc0,'[0-9][A-Z]{{2}}$') and len(pc0)>=5 and pc0 not like 'ZZ99%' then pc0[:len(pc0)-2] end sector, {'nhs' if a.nn else 'null::varchar as nhs'}, sn[1:3] sn3, gn[1:3] gn3 from {t}0 x left join nkm c on c.f = x.gn""")
    nr, nq = ex(con, 'select count(*) from r')[0][0], ex(con, 'select count(*) from q')[0][0]
    db = DuckDBAPI(connection=con); sd = [db.register(con.sql('select * from r'), dataset_display_name='a_register'), db.register(con.sql('select * from q'), dataset_display_name='b_query')]; lap('load_clean')
    L = cll.CustomLevel
    name = cl.CustomComparison(output_column_name='name', comparison_levels=[
        L("(gn_l is null and sn_l is null) or (gn_r is null and sn_r is null)", "null").configure(is_null_level=True),
        cll.ExactMatchLevel('full_name', term_frequency_adjustments=True),
        L("gcan_l = gcan_r and sn_l = sn_r", "nickname + surname").configure(tf_adjustment_column='sn', tf_adjustment_weight=.7),
        L("sn_l = sn_r and jaro_winkler_similarity(gn_l, gn_r) > .88", "sn exact, gn jw").configure(tf_adjustment_column='sn', tf_adjustment_weight=.7),
        L("gn_l = gn_r and jaro_winkler_similarity(sn_l, sn_r) > .88", "gn exact, sn jw").configure(tf_adjustment_column='gn', tf_adjustment_weight=.7),
        L("jaro_winkler_similarity(gn_l, gn_r) > .88 and jaro_winkler_similarity(sn_l, sn_r) > .88", "both jw"),
        L("gn_l = sn_r and sn_l = gn_r", "swapped"),
        L("gcan_l = gcan_r and (starts_with(sn_l, sn_r) or starts_with(sn_r, sn_l) or ends_with(sn_l, sn_r) or ends_with(sn_r, sn_l))", "gn, part of sn"),
        L("sn_l = sn_r and gn_l[1:1] = gn_r[1:1]", "sn + initial").configure(tf_adjustment_column='sn', tf_adjustment_weight=1.0),
        L("sn_l = sn_r", "sn only").configure(tf_adjustment_column='sn', tf_adjustment_weight=1.0),
        L("gn_l = gn_r", "gn only").configure(tf_adjustment_column='gn', tf_adjustment_weight=1.0), cll.ElseLevel()])
    dob = cl.CustomComparison(output_column_name='dob', comparison_levels=[
        cll.NullLevel('dob'), cll.ExactMatchLevel('dob'), L("dob_l[1:4]||dob_l[7:8]||dob_l[5:6] = dob_r", "d/m swapped"), L("damerau_levenshtein(dob_l, dob_r) <= 1", "DL<=1"),
        L("(dob_l[1:6]=dob_r[1:6]) or (dob_l[5:8]=dob_r[5:8]) or (dob_l[1:4]=dob_r[1:4] and dob_l[7:8]=dob_r[7:8])", "two parts"), L("yy_l = yy_r", "year"), cll.ElseLevel()])
    pcc = cl.CustomComparison(output_column_name='pc', comparison_levels=[
        L("oc_l is null or oc_r is null", "null").configure(is_null_level=True), cll.ExactMatchLevel('pc', term_frequency_adjustments=False), L("levenshtein(pc_l, pc_r) <= 1 and pc_l is not null", "lev 1"), L("sector_l = sector_r", "sector"), L("oc_l = oc_r", "outcode"), cll.ElseLevel()])
    sex = cl.ExactMatch('sex')
    comps = [name, dob, pcc, sex] + ([cl.ExactMatch('nhs')] if a.nn else [])
    rules = [block_on('dob', 'gn3'), block_on('dob', 'sn3'), block_on('dob', 'oc'), block_on('sn', 'gn', 'oc'), block_on('pc', 'gn3'), block_on('pc', 'sn3'), block_on('gn', 'sn', 'yy'), block_on('gcan', 'sn', 'sector'), block_on('dob', 'gcan')]
    if a.wide: rules = [block_on('dob', 'sex', 'oc'), block_on('sex', 'sn3', 'dob'), block_on('sex', 'sn', 'yy', 'dd'), block_on('pc'), block_on('gn', 'dob'), block_on('gn', 'oc'), block_on('sn', 'dob'), block_on('sn', 'oc')]   # NHS England's published list (soundex -> sn3)
    if a.nn: rules.insert(0, block_on('nhs'))
    st = SettingsCreator(unique_id_column_name='uid', link_type='link_only', blocking_rules_to_generate_predictions=rules, comparisons=comps, retain_matching_columns=False, retain_intermediate_calculation_columns=False, additional_columns_to_retain=['rid'],
                         probability_two_random_records_match=.95 / nr)
    lk = Linker(sd, st)
    lk.training.estimate_u_using_random_sampling(max_pairs=2e7)
    lk.training.estimate_parameters_using_expectation_maximisation(block_on('dob', 'sn'), estimate_without_term_frequencies=True)
    lk.training.estimate_parameters_using_expectation_maximisation(block_on('pc', 'gn'), estimate_without_term_frequencies=True)
    lk.training.estimate_parameters_using_expectation_maximisation(block_on('gn', 'sn', 'oc'), estimate_without_term_frequencies=True); lap('train')
    if not a.nopairs:
        pass
    pr = lk.inference.predict(threshold_match_weight=None if a.wide else -10); lap('predict')
    cols = []
    ex(con, f"create temp table pred as select case when source_dataset_l='a_register' then rid_r else rid_l end qid, case when source_dataset_l='a_register' then rid_l else rid_r end rid, match_weight w from {pr.physical_name}")
    ex(con, f"create temp table truth as select query_id qid, nullif(nhs_number,'') rid from read_csv('{d}/truth.csv', all_varchar=true)"); kept = ex(con, 'select count(*) from pred')[0][0]; lap('collect')
    # candidate pairs produced by the blocking rules (counted separately, not timed)
    cond = ' union '.join(f"select r.uid a, q.uid b from r join q on " + ' and '.join(f'r.{c}=q.{c}' for c in cs) for cs in ([('nhs',)] if a.nn else []) + [('dob', 'gn3'), ('dob', 'sn3'), ('dob', 'oc'), ('sn', 'gn', 'oc'), ('pc', 'gn3'), ('pc', 'sn3'), ('gn', 'sn', 'yy'), ('gcan', 'sn', 'sector'), ('dob', 'gcan')])
    pairs = kept if a.wide else (ex(con, f"select count(*) from ({cond})")[0][0] if not a.nopairs else None)
    name_ = os.path.basename(d.rstrip('/')) + ('_explode' if a.explode else '') + ('_nn' if a.nn else '') + ('_wide' if a.wide else '')
    ex(con, f"copy (select * from pred) to '{d}/splink_pred{'_nn' if a.nn else ''}.parquet'") if a.keep else None
    evaluate(con, 'pred', 'truth', nq, name_, dict(register_rows=nr, candidate_pairs=pairs, pairs_kept=kept, pairs_per_s_predict=round(pairs / T['predict']) if pairs else None, queries_per_s_total=round(nq / sum(T.values()), 1), threads=a.threads))

ap = argparse.ArgumentParser(); ap.add_argument('what'); ap.add_argument('dir', nargs='?'); ap.add_argument('--explode', action='store_true'); ap.add_argument('--nn', action='store_true'); ap.add_argument('--nossn', action='store_true'); ap.add_argument('--nopairs', action='store_true'); ap.add_argument('--wide', action='store_true'); ap.add_argument('--keep', action='store_true'); ap.add_argument('--threads', type=int, default=2)
a = ap.parse_args(); lap('import')
synth(a)
