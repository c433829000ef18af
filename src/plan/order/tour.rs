//! A closed tour as an array, and where each dot stands in it.

/// The tour, with a list of what was overwritten since the last [`Tour::keep`].
pub(super) struct Tour {
    at: Vec<u32>,
    place: Vec<u32>,
    overwritten: Option<Vec<(u32, u32)>>,
}

impl Tour {
    pub(super) fn of(at: Vec<u32>) -> Self {
        let mut place = vec![0; at.len()];
        for (i, &v) in (0u32..).zip(&at) {
            place[v as usize] = i;
        }
        Self { at, place, overwritten: None }
    }

    pub(super) fn at(&self, place: u32) -> u32 {
        self.at[place as usize]
    }

    pub(super) fn place(&self, v: u32) -> u32 {
        self.place[v as usize]
    }

    pub(super) fn next(&self, v: u32) -> u32 {
        let place = self.place[v as usize] as usize + 1;
        self.at[if place == self.at.len() { 0 } else { place }]
    }

    pub(super) fn previous(&self, v: u32) -> u32 {
        let place = self.place[v as usize] as usize;
        self.at[if place == 0 { self.at.len() } else { place } - 1]
    }

    /// Puts these dots on the places from `first` on, forwards or backwards round the ring.
    pub(super) fn lay(&mut self, first: u32, forward: bool, dots: &[u32]) {
        let last = self.at.len() - 1;
        let mut i = first as usize;
        for &v in dots {
            let old = std::mem::replace(&mut self.at[i], v);
            if old != v {
                self.place[v as usize] = i as u32;
                if let Some(list) = &mut self.overwritten {
                    list.push((i as u32, old));
                }
            }
            i = match (forward, i) {
                (true, i) if i == last => 0,
                (true, i) => i + 1,
                (false, 0) => last,
                (false, i) => i - 1,
            };
        }
    }

    /// What was laid stays; from here on [`Self::revert`] knows the way back.
    pub(super) fn keep(&mut self) {
        self.overwritten.get_or_insert_default().clear();
    }

    /// Back to the last [`Self::keep`].
    pub(super) fn revert(&mut self) {
        while let Some((i, v)) = self.overwritten.as_mut().and_then(Vec::pop) {
            self.at[i as usize] = v;
            self.place[v as usize] = i;
        }
    }

    /// All dots, beginning after `v`, without it.
    pub(super) fn after(mut self, v: u32) -> Vec<u32> {
        let place = self.place[v as usize] as usize;
        self.at.rotate_left(place);
        self.at.remove(0);
        self.at
    }
}
