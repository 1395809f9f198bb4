//! Makes a failing program small.
//!
//! In a round every single edit is tried, all at once; those after which the program still fails are
//! then applied one on top of the other, and the smallest program that still fails begins the next
//! round.

use crate::ast::{Block, Expr, Passing, Program, Stmt};
use crate::parts::{Part, of_expr, of_stmt};
use crate::print;
use crate::runner::{Runner, Verdict};
use std::io;
use std::mem;

/// The smallest program found that fails as this one does; nothing if it does not fail.
///
/// # Errors
///
/// If programs cannot be compiled and run at all.
pub fn shrink(runner: &mut Runner, program: Program) -> io::Result<Option<(Program, Verdict)>> {
    let mut verdict = runner.run(std::slice::from_ref(&program))?.remove(0);
    if !verdict.failed() {
        return Ok(None);
    }
    runner.check_only(matches!(verdict, Verdict::Rejected(_)));
    let (kind, mut smallest) = (verdict.kind(), program);
    let mut fine = false;
    loop {
        match round(runner, &smallest, &kind, fine)? {
            Some(found) => {
                (smallest, verdict) = found;
                eprintln!("{} bytes", size(&smallest));
            }
            None if fine => return Ok(Some((smallest, verdict))),
            None => fine = true,
        }
    }
}

/// One round: a smaller program that fails in that way, if one is found. Edits of expressions come
/// only when those of statements are used up.
fn round(
    runner: &Runner,
    program: &Program,
    kind: &str,
    fine: bool,
) -> io::Result<Option<(Program, Verdict)>> {
    let edits = (0..).map_while(|k| edited(program, k, fine)).enumerate();
    let edits: Vec<_> = edits.filter(|(_, edit)| size(edit) < size(program)).collect();
    let (numbers, candidates): (Vec<_>, Vec<_>) = edits.into_iter().unzip();
    let verdicts = runner.run(&candidates)?;
    let all = numbers.into_iter().zip(candidates.into_iter().zip(verdicts));
    let failing: Vec<_> = all.filter(|(_, (_, verdict))| verdict.kind() == kind).collect();
    let mut chain: Vec<Program> = Vec::new();
    // Later edits do not renumber earlier ones.
    for (number, _) in failing.iter().rev() {
        let base = chain.last().unwrap_or(program);
        chain.extend(edited(base, *number, fine));
    }
    let verdicts = runner.run(&chain)?;
    let chained = chain.into_iter().zip(verdicts).filter(|(_, verdict)| verdict.kind() == kind);
    let found = chained.chain(failing.into_iter().map(|(_, found)| found));
    Ok(found.min_by_key(|(program, _)| size(program)))
}

fn size(program: &Program) -> usize {
    print::real(program).len() + program.points.len()
}

/// The program after the edit of a number; nothing if there are fewer edits.
fn edited(program: &Program, number: usize, fine: bool) -> Option<Program> {
    let mut program = program.clone();
    let mut editor = Editor { left: number, done: false, fine };
    editor.program(&mut program);
    editor.done.then_some(program)
}

/// Walks over a program and makes one edit.
struct Editor {
    left: usize,
    done: bool,
    /// Whether expressions are edited too.
    fine: bool,
}

impl Editor {
    /// Whether the edit at this place is the one to be made.
    fn here(&mut self) -> bool {
        if self.done {
            return false;
        }
        self.done = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.done
    }

    fn program(&mut self, program: &mut Program) {
        for k in 0..program.points.len() {
            if program.points.len() > 1 && self.here() {
                program.points = vec![program.points[k].clone()];
                return;
            }
        }
        for k in (0..program.functions.len().saturating_sub(1)).rev() {
            if self.here() {
                program.functions.remove(k);
                return;
            }
        }
        for k in (0..program.main().params.len()).rev() {
            if self.here() {
                remove_param(program, k);
                return;
            }
        }
        if self.here() {
            program.consts.clear();
            return;
        }
        if !program.variants.is_empty() && !print::real(program).contains("E::") && self.here() {
            program.variants.clear();
            return;
        }
        for function in &mut program.functions {
            self.block(&mut function.body);
        }
        if let Some(last) = program.structs.last()
            && print::real(program).matches(&last.name).count() == 1
            && self.here()
        {
            program.structs.pop();
        }
    }

    fn block(&mut self, block: &mut Block) {
        let half = block.stmts.len() / 2;
        if half > 1 {
            if self.here() {
                block.stmts.drain(..half);
                return;
            }
            if self.here() {
                block.stmts.drain(half..);
                return;
            }
        }
        for k in 0..block.stmts.len() {
            if self.done {
                return;
            }
            // Without its counter a loop would not end.
            if !matches!(block.stmts[k], Stmt::Count(_)) && self.here() {
                block.stmts.remove(k);
                return;
            }
            if let Some(inner) = self.inner(&block.stmts[k]) {
                block.stmts.splice(k..=k, inner);
                return;
            }
            of_stmt(&mut block.stmts[k], &mut |part| self.part(part));
        }
        if let Some(tail) = &mut block.tail {
            self.expr(tail);
        }
    }

    /// The statements of a block inside a statement, in its place.
    fn inner(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        let mut found = None;
        let mut take = |part: Part<'_>| {
            if let Part::Block(block) = part
                && self.here()
            {
                found = Some(mem::take(&mut block.stmts));
            }
        };
        match stmt.clone() {
            Stmt::Expr(mut expr) => of_expr(&mut expr, &mut take),
            Stmt::Let { mut value, .. } => within(&mut value, &mut take),
            mut other => of_stmt(&mut other, &mut take),
        }
        found
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => self.block(block),
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if self.done || matches!(expr, Expr::Lit(_)) {
            return;
        }
        if !self.fine {
            of_expr(expr, &mut |part| self.part(part));
            return;
        }
        if self.here() {
            *expr = Expr::Lit(0.5);
            return;
        }
        let mut children = Vec::new();
        of_expr(&mut expr.clone(), &mut |part| match part {
            Part::Expr(child) => children.push(child.clone()),
            Part::Block(block) => children.extend(block.tail.as_deref().cloned()),
        });
        for child in children {
            if self.here() {
                *expr = child;
                return;
            }
        }
        if let Expr::If(_, _, other @ Some(_)) = expr
            && self.here()
        {
            *other = None;
            return;
        }
        of_expr(expr, &mut |part| self.part(part));
    }
}

/// Visits the blocks in an expression, however deep, but those in other blocks.
fn within(expr: &mut Expr, take: &mut dyn FnMut(Part<'_>)) {
    of_expr(expr, &mut |part| match part {
        Part::Expr(child) => within(child, take),
        Part::Block(block) if block.stmts.is_empty() => {}
        block @ Part::Block(_) => take(block),
    });
}

/// Removes a parameter of the main function, with its values.
fn remove_param(program: &mut Program, k: usize) {
    let before = |program: &Program, k: usize| {
        let mut leaves = Vec::new();
        let params = &program.main().params[..k];
        params.iter().for_each(|param| program.leaves(&param.ty, true, &mut leaves));
        let ints = params.iter().filter(|param| param.is_integer()).count();
        (leaves.len(), ints)
    };
    let (from, to) = (before(program, k), before(program, k + 1));
    for point in &mut program.points {
        point.scalars.drain(from.0..to.0);
        point.ints.drain(from.1..to.1);
    }
    if let Some(main) = program.functions.last_mut() {
        let removed = main.params.remove(k);
        debug_assert!(removed.passing != Passing::Mut, "the main function has no such parameter");
    }
}
