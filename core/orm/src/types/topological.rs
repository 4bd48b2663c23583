//! Topological order and cycles.
//!
//! SQLAlchemy counterpart: `sqlalchemy.util.topological`. Where the order is
//! free, that of the nodes given is kept, as SQLAlchemy does with
//! `deterministic_order`.

use std::hash::Hash;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

type Set<T> = IndexSet<T, FxBuildHasher>;

/// The nodes in rounds: each round depends only on the rounds before it.
///
/// `edges` are pairs (first, then); those of nodes not given are ignored.
/// Fails with the nodes that remain when there is a cycle among them.
///
/// ```
/// use ormscope::types::topological::rounds;
///
/// assert_eq!(rounds(&[(2, 1)], &[1, 2, 3]), Ok(vec![vec![2, 3], vec![1]]));
/// assert!(rounds(&[(1, 2), (2, 1)], &[1, 2]).is_err());
/// ```
pub fn rounds<T: Copy + Eq + Hash>(edges: &[(T, T)], nodes: &[T]) -> Result<Vec<Vec<T>>, Vec<T>> {
    let (order, left) = rounds_up_to_a_cycle(edges, nodes);
    if left.is_empty() { Ok(order) } else { Err(left) }
}

/// The rounds before the first that a cycle makes impossible, and the nodes that are left then.
pub fn rounds_up_to_a_cycle<T: Copy + Eq + Hash>(edges: &[(T, T)], nodes: &[T]) -> (Vec<Vec<T>>, Vec<T>) {
    let mut parents: IndexMap<T, Set<T>, FxBuildHasher> = IndexMap::default();
    for &(first, then) in edges {
        parents.entry(then).or_default().insert(first);
    }
    let mut todo: Set<T> = nodes.iter().copied().collect();
    let mut order = Vec::new();
    while !todo.is_empty() {
        let round: Vec<T> = todo
            .iter()
            .filter(|node| parents.get(*node).is_none_or(|before| before.iter().all(|p| !todo.contains(p))))
            .copied()
            .collect();
        if round.is_empty() {
            break;
        }
        todo.retain(|node| !round.contains(node));
        order.push(round);
    }
    (order, todo.into_iter().collect())
}

/// The nodes in an order that respects the edges.
pub fn sort<T: Copy + Eq + Hash>(edges: &[(T, T)], nodes: &[T]) -> Result<Vec<T>, Vec<T>> {
    Ok(rounds(edges, nodes)?.into_iter().flatten().collect())
}

/// Every node that lies on a cycle.
pub fn cycles<T: Copy + Eq + Hash>(edges: &[(T, T)], nodes: &[T]) -> Set<T> {
    let mut after: IndexMap<T, Vec<T>, FxBuildHasher> = IndexMap::default();
    for &(first, then) in edges {
        after.entry(first).or_default().push(then);
    }
    nodes
        .iter()
        .copied()
        .filter(|&start| {
            let mut seen: Set<T> = Set::default();
            let mut todo = after.get(&start).cloned().unwrap_or_default();
            while let Some(node) = todo.pop() {
                if node == start {
                    return true;
                }
                if seen.insert(node) {
                    todo.extend(after.get(&node).into_iter().flatten());
                }
            }
            false
        })
        .collect()
}
