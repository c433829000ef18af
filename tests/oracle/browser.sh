#!/bin/sh
# Measures a drawing that smp wrote as a browser lays it out: by getBoundingClientRect, in mm at 96 CSS pixels an inch.
#   smp design convert DOTS.csv DOTS.svg && sh tests/oracle/browser.sh DOTS.svg
# Prints JSON: width and height of the sheet, then middle (from its upper left corner) and width of each circle.
set -eu
page=$(mktemp --suffix=.html)
trap 'rm -f "$page"' EXIT
{
    echo '<!doctype html><style>body{margin:0}svg{display:block}</style>'
    cat "$1"
    cat <<'END'
<script>
const sheet = document.querySelector('svg').getBoundingClientRect();
const found = [[sheet.width, sheet.height]];
for (const circle of document.querySelectorAll('circle')) {
    const box = circle.getBoundingClientRect();
    found.push([box.x + box.width / 2 - sheet.x, box.y + box.height / 2 - sheet.y, box.width]);
}
document.body.textContent = JSON.stringify(found.map(row => row.map(px => px * 25.4 / 96)));
</script>
END
} > "$page"
chromium --headless --no-sandbox --disable-gpu --dump-dom "$page" 2> /dev/null | grep -o '\[\[.*\]\]'
