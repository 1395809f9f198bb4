"""The workloads of the Rust package beside this folder with PyTorch and JAX on the CPU.

    python -m venv venv && venv/bin/pip install -r benches/peers/python/requirements.txt
    venv/bin/python benches/peers/python/peers.py --threads 1

Prints a Markdown table of microseconds. Each program must first compute the losses and gradients in
`expected.json`, as the Rust programs must. `--bless` writes that file from the gradients by hand.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

import problem

EXPECTED = pathlib.Path(__file__).parent.parent / "expected.json"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--threads", type=int, choices=[1, 2], default=1)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--bless", action="store_true", help="write expected.json and stop")
    return parser.parse_args()


def restrict(threads):
    """Lets this process use so many threads. Both libraries look once, when they are imported."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"


def programs(name):
    """The columns: makers of programs, so that one which fails leaves a dash."""
    import with_jax
    import with_torch

    return {
        "PyTorch eager": lambda: with_torch.Program(name, compiled=False),
        "torch.compile": lambda: with_torch.Program(name, compiled=True),
        "JAX jit": lambda: with_jax.Program(name),
    }


def checked(name, who, make, wanted):
    """A program that computes what is expected, or nothing if it cannot run."""
    try:
        program = make()
        gradient = program.gradient()
        program.reset()
        losses = [program.step() for _ in range(problem.STEPS)]
    except Exception as error:
        print(f"{name}, {who} does not run: {error}", file=sys.stderr)
        return None
    tolerance = problem.WORKLOADS[name][-1]
    problem.assert_expected(name, who, problem.summary(losses, gradient), wanted, tolerance)
    return program


def timed(program, steps):
    program.reset()
    program.step()
    start = time.perf_counter()
    for _ in range(steps):
        program.step()
    return (time.perf_counter() - start) / steps


def interleaved(candidates, rounds, batch):
    """Medians of the time of a step, one program after the other in each round."""
    steps = {}
    for who, program in candidates.items():
        timed(program, 20)
        steps[who] = max(1, round(batch / timed(program, 20)))
    times = {who: [] for who in candidates}
    for _ in range(rounds):
        for who, program in candidates.items():
            times[who].append(timed(program, steps[who]))
    return {who: statistics.median(seconds) for who, seconds in times.items()}


def main():
    options = arguments()
    if options.bless:
        wanted = {name: problem.expected(name) for name in problem.WORKLOADS}
        EXPECTED.write_text(json.dumps(wanted, indent=1) + "\n")
        return
    restrict(options.threads)
    import jax
    import torch

    torch.set_num_threads(options.threads)
    wanted = json.loads(EXPECTED.read_text())
    rounds, batch = (5, 0.01) if options.quick else (41, 0.05)
    print(f"One step in microseconds, {options.threads} thread(s), PyTorch {torch.__version__}, JAX {jax.__version__}.\n")
    columns = ["PyTorch eager", "torch.compile", "JAX jit"]
    print("| workload | " + " | ".join(columns) + " |")
    print("| --- |" + " --- |" * len(columns), flush=True)
    for name in problem.WORKLOADS:
        found = {who: checked(name, who, make, wanted[name]) for who, make in programs(name).items()}
        medians = interleaved({w: p for w, p in found.items() if p}, rounds, batch)
        cells = [f"{medians[who] * 1e6:.1f}" if who in medians else "–" for who in columns]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


main()
