//! The `transform` attribute.

/// `x' = a x + c y + e`, `y' = b x + d y + f`, as SVG writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    e: f64,
    f: f64,
}

impl Matrix {
    pub(super) const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    pub(super) fn scale(x: f64, y: f64) -> Self {
        Self { a: x, d: y, ..Self::IDENTITY }
    }

    /// Reads a list such as `translate(3 4) rotate(30)`; the last one acts first.
    pub(super) fn parse(list: &str) -> Option<Self> {
        let mut product = Self::IDENTITY;
        let mut rest = list.trim_matches(separator);
        while !rest.is_empty() {
            let (name, after) = rest.split_once('(')?;
            let (arguments, after) = after.split_once(')')?;
            let step = Self::function(name.trim(), &numbers(arguments)?)?;
            product = product.then_inner(step);
            rest = after.trim_start_matches(separator);
        }
        product.is_finite().then_some(product)
    }

    /// This one applied to what `inner` yields.
    pub(super) fn then_inner(self, inner: Self) -> Self {
        Self {
            a: self.a * inner.a + self.c * inner.b,
            b: self.b * inner.a + self.d * inner.b,
            c: self.a * inner.c + self.c * inner.d,
            d: self.b * inner.c + self.d * inner.d,
            e: self.a * inner.e + self.c * inner.f + self.e,
            f: self.b * inner.e + self.d * inner.f + self.f,
        }
    }

    pub(super) fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f]
    }

    /// Square root of the area scale.
    pub(super) fn mean_scale(&self) -> f64 {
        (self.a * self.d - self.b * self.c).abs().sqrt()
    }

    /// No length grows by more.
    pub(super) fn most_stretch(&self) -> f64 {
        self.a.hypot(self.b).hypot(self.c.hypot(self.d))
    }

    fn function(name: &str, arguments: &[f64]) -> Option<Self> {
        let translate = |e, f| Self { e, f, ..Self::IDENTITY };
        let rotate = |degrees: f64| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            Self { a: cos, b: sin, c: -sin, d: cos, e: 0.0, f: 0.0 }
        };
        Some(match (name, arguments) {
            ("matrix", &[a, b, c, d, e, f]) => Self { a, b, c, d, e, f },
            ("translate", &[x]) => translate(x, 0.0),
            ("translate", &[x, y]) => translate(x, y),
            ("scale", &[s]) => Self::scale(s, s),
            ("scale", &[x, y]) => Self::scale(x, y),
            ("rotate", &[angle]) => rotate(angle),
            ("rotate", &[angle, x, y]) => {
                translate(x, y).then_inner(rotate(angle)).then_inner(translate(-x, -y))
            }
            ("skewX", &[angle]) => Self { c: angle.to_radians().tan(), ..Self::IDENTITY },
            ("skewY", &[angle]) => Self { b: angle.to_radians().tan(), ..Self::IDENTITY },
            _ => return None,
        })
    }

    fn is_finite(&self) -> bool {
        [self.a, self.b, self.c, self.d, self.e, self.f].iter().all(|v| v.is_finite())
    }
}

/// Numbers between commas and blanks; also SVG's short forms such as `1-2` and `.5.5`.
pub(super) fn numbers(text: &str) -> Option<Vec<f64>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if separator(char::from(bytes[at])) {
            at += 1;
            continue;
        }
        let end = number_end(bytes, at);
        found.push(text.get(at..end)?.parse::<f64>().ok().filter(|v| v.is_finite())?);
        at = end;
    }
    Some(found)
}

/// Where the number that starts at `start` ends; at least one byte on.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let is = |at: usize, set: &[u8]| bytes.get(at).is_some_and(|b| set.contains(b));
    let digits = |mut at: usize| {
        while is(at, b"0123456789") {
            at += 1;
        }
        at
    };
    let mut at = start + usize::from(is(start, b"+-"));
    at = digits(at);
    if is(at, b".") {
        at = digits(at + 1);
    }
    if is(at, b"eE") {
        let sign = usize::from(is(at + 1, b"+-"));
        let end = digits(at + 1 + sign);
        if end > at + 1 + sign {
            at = end;
        }
    }
    at.max(start + 1)
}

fn separator(c: char) -> bool {
    c == ',' || c.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_function_acts_first() {
        let m = Matrix::parse("translate(10, 5) scale(2)").unwrap();
        let [x, y] = m.apply([1.0, 1.0]);
        assert!((x - 12.0).abs() < 1e-12 && (y - 7.0).abs() < 1e-12);
    }

    #[test]
    fn rotation_about_a_point_leaves_the_point() {
        let m = Matrix::parse("rotate(37 3-4)").unwrap();
        let [x, y] = m.apply([3.0, -4.0]);
        assert!((x - 3.0).abs() < 1e-12 && (y + 4.0).abs() < 1e-12);
    }

    #[test]
    fn numbers_may_run_together() {
        assert_eq!(numbers("1-2.5.5e1,3"), Some(vec![1.0, -2.5, 5.0, 3.0]));
        assert_eq!(numbers("1 x"), None);
        assert_eq!(numbers("\u{e9}"), None);
    }
}
