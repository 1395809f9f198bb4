//! All versions of all workloads under criterion: `cargo bench -p benches`.

use benches::agree::assert_agree;
use benches::measure::{Clock, timed};
use benches::workloads;
use criterion::{Criterion, criterion_group, criterion_main};

fn gradients(criterion: &mut Criterion) {
    for mut workload in workloads::all() {
        assert_agree(workload.name, &mut workload.contenders, workload.tolerance);
        let mut group = criterion.benchmark_group(workload.name);
        // A scalar tape of a whole network takes long.
        group.sample_size(20);
        for contender in &mut workload.contenders {
            group.bench_function(contender.name(), |bencher| {
                bencher.iter_custom(|steps| timed(contender.as_mut(), steps, Clock::Thread));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, gradients);
criterion_main!(benches);
