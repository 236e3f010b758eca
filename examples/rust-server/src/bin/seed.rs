//! Stands for the helpers that lie beside a server.
fn main() {}
