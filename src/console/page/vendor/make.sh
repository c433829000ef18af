#!/usr/bin/env bash
# Makes the vendored modules anew, or with --check compares them with what is here. People who build or run smp never
# need this: the results are committed. Needs node and npm. Nothing that the packages bring runs but esbuild.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r "$here/package.json" "$here/package-lock.json" "$here/entry" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund >/dev/null

bundle() { # name
    node_modules/.bin/esbuild "entry/$1.js" --bundle --minify --format=esm --target=es2022 --charset=utf8 \
        --legal-comments=none --define:process.env.NODE_ENV='"production"' --define:__THREE_DEVTOOLS__=undefined \
        --outfile="out/$1.js" --log-level=warning
}
bundle three
bundle preact
bundle uplot
cp node_modules/uplot/dist/uPlot.min.css out/uplot.css
mkdir out/licences
cp node_modules/three/LICENSE out/licences/three.txt
cp node_modules/preact/LICENSE out/licences/preact.txt
cp node_modules/htm/LICENSE out/licences/htm.txt
cp node_modules/@preact/signals/LICENSE out/licences/signals.txt
cp node_modules/@preact/signals-core/LICENSE out/licences/signals-core.txt
cp node_modules/uplot/LICENSE out/licences/uplot.txt

# The page is served under a policy that forbids text as code: nothing that needs it may come in.
if grep -nE '\beval\(|new Function\b|Function\("' out/*.js; then
    echo "a bundle turns text into code" >&2
    exit 1
fi
if [ "${1:-}" = --check ]; then
    for made in $(cd out && find . -type f); do
        cmp "out/$made" "$here/$made"
    done
    echo "the modules here are what the lock file makes"
else
    cp -r out/. "$here"
    (cd "$here" && sha256sum three.js preact.js uplot.js uplot.css licences/*)
fi
