use fingerprint::*;
use std::time::Instant;
fn main() {
    let mut sets: Vec<(String, Vec<u64>)> = vec![];
    for p in std::env::args().skip(1) {
        let b = std::fs::read(&p).unwrap();
        let t = Instant::now();
        let mut s = Sketches::new(&Profile::one());
        for c in b.chunks(1<<16) { s.push(c); }
        let s = s.finish();
        let dt = t.elapsed().as_secs_f64();
        let t = Instant::now();
        let mut q = Parts::new(&Profile::one());
        for c in b.chunks(1<<16) { q.push(c); }
        let q = q.finish();
        let dp = t.elapsed().as_secs_f64();
        println!("{p}: {} bytes, {} sketches, {:.2} GB/s; parts {} {:.2} GB/s", b.len(), s.len(), b.len() as f64/dt/1e9, q.len(), b.len() as f64/dp/1e9);
        sets.push((p, s));
    }
    let (_, base) = &sets[0];
    for (p, s) in &sets {
        let common = s.iter().filter(|k| base.binary_search(k).is_ok()).count();
        println!("{:.3} of first, {:.3} of own  {p}", common as f64/base.len().max(1) as f64, common as f64/s.len().max(1) as f64);
    }
}
