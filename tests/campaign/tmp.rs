use crate::stage;
use smp::campaign::{Sweep, play};
#[test]
fn tmp() {
    let cases = Sweep::Reset.cases(8.0);
    let v = play(&cases[2664], stage(), true).unwrap();
    println!("{:?}", v.violations);
    for l in v.story.iter().filter(|l| {
        l.contains("D1 ")
            || l.contains("DotId(1)")
            || l.contains("D:1,")
            || l.contains("befalls")
            || l.contains("session")
            || l.contains("Resolved")
    }) {
        println!("{}", &l[..l.len().min(260)]);
    }
}
