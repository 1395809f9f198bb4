//! What statements of the reverse pass do with cotangents.

use super::adjoint::{Argument, Expr, Node, Stmt};
use crate::ir::{IdSet, VarId};

/// What statements do with cotangents.
#[derive(Default)]
pub(crate) struct Uses {
    /// Added to.
    pub(crate) added: IdSet<VarId>,
    /// Taken out, cleared, or undone.
    pub(crate) taken: IdSet<VarId>,
    /// Taken or read.
    pub(crate) other: IdSet<VarId>,
    declared: IdSet<VarId>,
}

impl Uses {
    pub(crate) fn all(&self) -> IdSet<VarId> {
        &self.added.union(&self.other) - &self.declared
    }

    /// Taken or read, of outer regions.
    pub(super) fn read(&self) -> IdSet<VarId> {
        &self.other - &self.declared
    }

    pub(crate) fn stmts(&mut self, stmts: &[Stmt<'_>]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    pub(crate) fn stmt(&mut self, stmt: &Stmt<'_>) {
        match stmt {
            Stmt::Zero { var, .. } | Stmt::Let { var, .. } => {
                self.declared.insert(*var);
            }
            Stmt::Add { target, .. }
            | Stmt::Call { target, .. }
            | Stmt::MergeList { target, .. } => {
                self.added.insert(target.root);
            }
            Stmt::Merge { var, .. } => {
                self.added.insert(*var);
            }
            Stmt::Inspect { var, .. } => {
                self.other.insert(*var);
            }
            Stmt::Exchange { a, b } => {
                self.take(*a);
                self.take(*b);
            }
            Stmt::Undo { target, .. } | Stmt::Clear { target, .. } => self.take(target.root),
            Stmt::Pullback { dest, args, .. } => {
                self.other.insert(*dest);
                for arg in args {
                    if let Argument::Reference { slot: Some(slot), .. } = arg {
                        self.added.insert(slot.root);
                    }
                }
            }
            _ => {}
        }
        stmt.visit(&mut |node| match node {
            Node::Expr(Expr::Take { target, .. } | Expr::Undone { target, .. }) => {
                self.take(target.root);
            }
            Node::Expr(Expr::Moved { var, .. }) => self.take(*var),
            Node::Expr(Expr::Part(place)) => {
                self.other.insert(place.root);
            }
            Node::Expr(
                Expr::Bar { var, .. }
                | Expr::Number { like: var, .. }
                | Expr::Selected { dest: var, .. },
            ) => {
                self.other.insert(*var);
            }
            Node::Expr(_) | Node::Target(_) => {}
        });
        for branch in stmt.branches() {
            self.stmts(&branch.body);
        }
    }

    fn take(&mut self, var: VarId) {
        self.taken.insert(var);
        self.other.insert(var);
    }
}
