//! Linear programmes over a block, solved by Clarabel. The unknown is by how much each atom departs from what it is, so that
//! nought is a solution and every number stays small.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

use super::block::Local;

/// No atom is taken for smaller than it is by more than this. It leaves readers less to guess, so nothing unsafe passes.
const DEEPEST: i64 = 1_000;
/// A price of a row below this counts for nothing.
const LEAST_PRICE: f64 = 1e-5;

/// What a programme came to.
#[derive(Debug)]
pub(super) struct Optimum {
    /// By how much each atom departs from what it is.
    departures: Vec<f64>,
    /// Rows that keep it from going further.
    pub binding: Vec<usize>,
}

impl Optimum {
    /// What a row comes to there.
    pub(super) fn value(&self, block: &Local, row: usize) -> f64 {
        let row = &block.rows[row];
        row.truth as f64 + row.atoms.iter().map(|at| self.departures[*at]).sum::<f64>()
    }
}

/// The rows as the solver takes them: equalities, then upper sides, then lower sides, then nothing below nought.
struct Sides {
    /// Row of the block, sign and right-hand side.
    sides: Vec<(usize, f64, f64)>,
    equal: usize,
}

/// Makes the sum of the rows `goals` as large as it gets (or as small), each of them within what is wanted of it. `None`
/// where the solver comes to no end.
pub(super) fn extreme(block: &Local, goals: &[usize], upwards: bool) -> Option<Optimum> {
    let sides = sides(block, goals);
    let (matrix, right) = matrix(block, &sides);
    let mut costs = vec![0.0; block.atoms()];
    let sign = if upwards { -1.0 } else { 1.0 };
    for at in goals.iter().flat_map(|goal| &block.rows[*goal].atoms) {
        costs[*at] += sign;
    }
    let cones = [
        SupportedConeT::ZeroConeT(sides.equal),
        SupportedConeT::NonnegativeConeT(sides.sides.len() - sides.equal + block.atoms()),
    ];
    let square = CscMatrix::zeros((block.atoms(), block.atoms()));
    let settings = DefaultSettings { verbose: false, ..DefaultSettings::default() };
    let mut solver = DefaultSolver::new(&square, &costs, &matrix, &right, &cones, settings);
    solver.solve();
    let solution = solver.solution;
    let solved = matches!(solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved);
    let priced = sides.sides.iter().zip(&solution.z).filter(|(_, price)| price.abs() > LEAST_PRICE);
    let mut binding: Vec<usize> = priced.map(|((row, ..), _)| *row).collect();
    binding.sort_unstable();
    binding.dedup();
    solved.then_some(Optimum { departures: solution.x, binding })
}

fn sides(block: &Local, goals: &[usize]) -> Sides {
    let mut goal = vec![false; block.rows.len()];
    goals.iter().for_each(|at| goal[*at] = true);
    let (mut equal, mut upper, mut lower) = (Vec::new(), Vec::new(), Vec::new());
    for (at, row) in block.rows.iter().enumerate() {
        let (low, high) = match row.wanted.filter(|_| goal[at]) {
            Some((from, to)) => (row.low.max(from), Some(row.high.map_or(to, |high| high.min(to)))),
            None => (row.low, row.high),
        };
        let down = (row.truth - low) as f64;
        match high.map(|high| (high - row.truth) as f64) {
            Some(up) if up + down == 0.0 => equal.push((at, 1.0, 0.0)),
            Some(up) => upper.push((at, 1.0, up)),
            None => {}
        }
        if low > 0 && high != Some(low) {
            lower.push((at, -1.0, down));
        }
    }
    let count = equal.len();
    equal.append(&mut upper);
    equal.append(&mut lower);
    Sides { sides: equal, equal: count }
}

fn matrix(block: &Local, sides: &Sides) -> (CscMatrix<f64>, Vec<f64>) {
    let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); block.atoms()];
    let mut right = Vec::with_capacity(sides.sides.len() + block.atoms());
    for (at, (row, sign, side)) in sides.sides.iter().enumerate() {
        block.rows[*row].atoms.iter().for_each(|atom| columns[*atom].push((at, *sign)));
        right.push(*side);
    }
    for (atom, truth) in block.truths.iter().enumerate() {
        columns[atom].push((right.len(), -1.0));
        right.push((*truth).min(DEEPEST) as f64);
    }
    let (mut starts, mut rows, mut signs) = (vec![0], Vec::new(), Vec::new());
    for column in columns {
        rows.extend(column.iter().map(|(row, _)| *row));
        signs.extend(column.iter().map(|(_, sign)| *sign));
        starts.push(rows.len());
    }
    (CscMatrix::new(right.len(), block.atoms(), starts, rows, signs), right)
}
