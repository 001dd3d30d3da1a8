//! How often the disk can be made sure of: what bounds an acknowledgement from below.

use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use crate::figures::{Figure, Figures, micros, percentile};

/// Appends 4 KiB and syncs, again and again.
pub fn measure(folder: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    let mut file = File::create(folder.join("sync"))?;
    let page = [7; 4_096];
    let begin = Instant::now();
    let mut took = Vec::new();
    while begin.elapsed() < Duration::from_millis(1_500) {
        let watch = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        took.push(micros(watch.elapsed()));
    }
    let rate = took.len() as f64 / begin.elapsed().as_secs_f64();
    took.sort_unstable();
    let note =
        format!("p50 {:.2} ms, p99 {:.2} ms", percentile(&took, 50.0) / 1e3, percentile(&took, 99.0) / 1e3);
    figures.add(Figure::new("disk: 4 KiB appended and fdatasync", rate, "/s").note(note));
    Ok(())
}
