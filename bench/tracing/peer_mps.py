#!/usr/bin/env python3
"""Plain-Python re-implementation of the published NHS Master Person Service steps (Person_ID handbook) run on a
gen_people.py set, as the accuracy baseline 'what the national service's algorithm does'.  peer_mps.py DIR [--nn]
--other: also use other given names when the query has them (off: not one of the five).
--nn: use the submitted NHS number (cross-check trace first). Default: demographics only (the seed's five fields).
Not timed for comparison (pure Python); only accuracy matters."""
import csv, sys, json, time, re, os
from collections import Counter, defaultdict
import jellyfish
from rapidfuzz.distance import JaroWinkler
D = sys.argv[1]; NN = '--nn' in sys.argv; OTHER = '--other' in sys.argv; HERE = os.path.dirname(os.path.abspath(__file__)); t0 = time.time()
nick = {}
for r in csv.reader(open(f'{HERE}/data/names/nhse_nicknames.csv')):
    r = [x.strip().upper() for x in r if x.strip()]
    for x in r:
        if x not in nick or r[0] < nick[x]: nick[x] = r[0]
BAD = re.compile(r"[!$%&()\[\]{}=:;~@|<>.?/_\\£]")
cl = lambda s: BAD.sub('', s.upper()).strip()
sx_cache = {}
def sdx(s):
    r = sx_cache.get(s)
    if r is None: r = sx_cache[s] = jellyfish.soundex(s) if s else ''
    return r
norm = lambda g: nick.get(g.replace(' ', '').replace('-', ''), g.replace(' ', '').replace('-', ''))
flat = lambda s: s.replace(' ', '').replace('-', '')
def pcn(p):
    p = cl(p)
    if re.fullmatch(r'[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}', p): p = p.replace(' ', ''); return p[:-3] + '_' + p[-3:]
    return p.replace(' ', '_')
P = {}; H = defaultdict(lambda: ([], []))
for r in csv.DictReader(open(f'{D}/history.csv')):
    H[r['nhs_number']][0 if r['field'] == 'family_name' else 1].append(r['value'] if r['field'] == 'family_name' else pcn(r['value']))
B = [defaultdict(list) for _ in range(4)]; A = defaultdict(list)
for r in csv.DictReader(open(f'{D}/register.csv')):
    n = r['nhs_number']; g, o, f = r['given_name'], r['other_given_names'], r['family_name']; hs, hp = H[n] if n in H else ([], [])
    fams = [f] + hs; pcs = [pcn(r['postcode'])] + hp
    P[n] = (g, o, fams, r['gender'], r['date_of_birth'], pcs); d = r['date_of_birth']; sx = r['gender']
    sg = sdx(norm(g))
    A[(sdx(flat(f)), sx, d)].append(n)
    for fm in {sdx(flat(x)) for x in fams}:
        B[0][(fm, sg, d)].append(n)
        for p in pcs: B[1][(fm, sx, d, p)].append(n)
    for p in pcs: B[2][(sg, sx, d, p)].append(n); B[3][(d, p, sx)].append(n)
SUP = {r['old_nhs_number']: r['nhs_number'] for r in csv.DictReader(open(f'{D}/superseded.csv'))}
jw = lambda a, b: 100 * JaroWinkler.similarity(a, b)
def dobscore(a, b):
    if a == b: return 100
    y, m, d = a[:4] == b[:4], a[4:6] == b[4:6], a[6:] == b[6:]
    if y + m + d >= 2 or (y and a[4:6] == b[6:] and a[6:] == b[4:6]): return 66
    return 33 if y else 0
def partial(a, b):
    def eq2(x, y): return x == y or x[::-1] == y
    y = a[:4] == b[:4] or a[:2] + a[3] + a[2] == b[:4]; m, d = eq2(a[4:6], b[4:6]), eq2(a[6:], b[6:])
    return y + m + d >= 2 or (y and a[4:6] == b[6:] and a[6:] == b[4:6])
GT = lambda a, b: 100 if a == b else (50 if '0' in (a, b) or '9' in (a, b) else 0)
def pcscore(q, pcs):
    def s(p): return 100 if p == q else (100 * len(q) / len(p) if p.startswith(q) else 0)
    c = s(pcs[0]); return c if c else max((s(p) for p in pcs[1:]), default=0)
res = []; steps = Counter()
for r, t in zip(csv.DictReader(open(f'{D}/queries.csv')), csv.DictReader(open(f'{D}/truth.csv'))):
    g, f, o = cl(r['given_name']), cl(r['family_name']), (cl(r['other_given_names']) if OTHER else ''); d, sx, pc = r['date_of_birth'], r['gender'], pcn(r['postcode']) if r['postcode'] else ''
    out, step, score = None, 0, 0; num = r['nhs_number'] if NN else ''
    if num and d:
        step = 1; k = SUP.get(num, num); p = P.get(k)
        if p:
            if p[4] == d: out = k
            elif partial(d, p[4]):
                if g and f:
                    if p[0][:1] == g[:1] and p[2][0][:3] == f[:3]: out = k
                elif pc and any(x.split('_')[0] == pc.split('_')[0] for x in p[5]): out = k
        if out: score = 100
    if not out and f and d and sx:
        step = 3; c = [n for n in A.get((sdx(flat(f)), sx, d), ()) if (not pc or pc in P[n][5]) and (not g or sdx(P[n][0]) == sdx(g))]
        if len(set(c)) == 1: out = c[0]; score = 100
    code = '00' if out else '98'
    if not out and d and sx and pc:
        step = 4; c = Counter(); F, G = sdx(flat(f)) if f else '', sdx(norm(g)) if g else ''
        if F and G: c.update(set(B[0].get((F, G, d), ())))
        if F: c.update(set(B[1].get((F, sx, d, pc), ())))
        if G: c.update(set(B[2].get((G, sx, d, pc), ())))
        c.update(set(B[3].get((d, pc, sx), ()))); sc = []
        for n, _ in c.most_common(50):
            p = P[n]; v = [dobscore(d, p[4]), GT(sx, p[3]), pcscore(pc, p[5])]
            if g or f:
                best = max(((jw(g, p[0]) if g else 0) + (jw(f, fm) if f else 0) + (jw(o, p[1]) if o and p[1] else 0)) for fm in p[2]); k = bool(g) + bool(f) + bool(o)
                sc.append(((sum(v) + best) / (3 + k), n))
            else: sc.append((sum(v) / 3, n))
        sc.sort(reverse=True)
        if sc:
            if len(sc) > 1 and sc[0][0] - sc[1][0] < 5: code = '97'
            else: out = sc[0][1]; score = sc[0][0]; code = '00'
    steps[(step, code)] += 1; res.append((out, t['nhs_number'], step, score, code))
nt = sum(1 for x in res if x[1]); acc = [x for x in res if x[0]]; tp = sum(x[0] == x[1] for x in acc)
R = dict(name='mps_' + os.path.basename(D.rstrip('/')) + ('_nn' if NN else '') + ('_other' if OTHER else ''), queries=len(res), true_in_register=nt, accepted=len(acc), precision=tp / len(acc), recall=tp / nt, f1=2 * tp / (len(acc) + nt),
         by_step={f'step{s}_code{c}': v for (s, c), v in sorted(steps.items())}, wrong_by_step=dict(Counter(f'step{x[2]}' for x in acc if x[0] != x[1])), score_ge_80={'accepted': (k := [x for x in acc if x[3] >= 80]) and len(k), 'precision': sum(x[0] == x[1] for x in k) / len(k), 'recall': sum(x[0] == x[1] for x in k) / nt}, seconds=round(time.time() - t0, 1))
print(json.dumps(R, indent=1))
