//! The `todoke` command.

fn main() {}
