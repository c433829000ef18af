//! Things that hang together, joined pair by pair (R. E. Tarjan, "Efficiency of a good but not linear set union
//! algorithm", 1975; paths are halved on the way).

/// Sets of numbers `0..n`, each named by one of its members.
pub struct Union {
    parent: Vec<u32>,
}

impl Union {
    /// Every number by itself.
    pub fn of(count: usize) -> Self {
        Self { parent: (0..count as u32).collect() }
    }

    /// Every number by itself again.
    pub fn part(&mut self) {
        self.parent.iter_mut().zip(0..).for_each(|(parent, number)| *parent = number);
    }

    /// The name of the set that holds a number.
    pub fn name(&mut self, mut number: u32) -> u32 {
        while self.parent[number as usize] != number {
            let above = self.parent[self.parent[number as usize] as usize];
            self.parent[number as usize] = above;
            number = above;
        }
        number
    }

    /// Whether two numbers are in one set.
    pub fn together(&mut self, a: u32, b: u32) -> bool {
        self.name(a) == self.name(b)
    }

    /// Joins the sets of two numbers under the lesser of their names; whether they were two.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.name(a), self.name(b));
        self.parent[a.max(b) as usize] = a.min(b);
        a != b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_is_together_and_bears_the_least_name() {
        let mut union = Union::of(6);
        assert!(union.join(5, 3) && union.join(3, 1) && !union.join(1, 5));
        assert!(union.together(1, 5) && !union.together(0, 5));
        assert_eq!([0, 1, 2, 3, 4, 5].map(|n| union.name(n)), [0, 1, 2, 1, 4, 1]);
        union.part();
        assert!(!union.together(3, 5));
    }
}
