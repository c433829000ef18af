//! The report as one HTML page: nothing is loaded from elsewhere, no script runs, and it is also
//! well-formed XML, so that any tool can read it.

mod table;
mod text;

use super::document::{Block, Document, Fact, Figure, Line, Mood, Signature, Tone, Verdict, ink};
use std::fmt::{Display, Write};
use text::Text;

const STYLE: &str = include_str!("style.css");

/// The page being written. Writing to a `String` cannot fail.
struct Page(String);

impl Page {
    fn put(&mut self, text: impl Display) {
        let _ = write!(self.0, "{text}");
    }

    /// With new lines in it as they are.
    fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "{text}");
    }
}

/// The whole page.
pub(super) fn page(document: &Document) -> String {
    let mut page = Page(String::with_capacity(1 << 20));
    let title = Text(&document.title);
    page.put(format_args!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"only light\"/>\n\
         <title>{title}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n<header>\n\
         <h1>{title}</h1>\n<p class=\"made\">",
        ink::css()
    ));
    page.text(&document.made);
    page.line("</p>");
    page.blocks(&document.opening);
    page.line("</header>");
    for section in &document.sections {
        let id = section.id;
        page.line(format_args!("<section class=\"of-{id}\" aria-labelledby=\"{id}\">"));
        page.line(format_args!("<h2 id=\"{id}\">{}</h2>", Text(&section.title)));
        page.blocks(&section.blocks);
        page.line("</section>");
    }
    page.line(format_args!("<p class=\"seal\">{}</p>", Text(&document.seal)));
    page.line("</body>\n</html>");
    page.0
}

impl Page {
    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(line) => self.within("p", "", line),
            Block::Notice(line) => self.within("p", " class=\"notice\"", line),
            Block::Bullets(lines) => {
                self.line("<ul>");
                lines.iter().for_each(|line| self.within("li", "", line));
                self.line("</ul>");
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Verdict(verdict) => self.verdict(verdict),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure, ""),
            Block::Figures { large, figures } => {
                self.line("<div class=\"views\">");
                for (index, figure) in figures.iter().enumerate() {
                    self.figure(figure, if index < *large { " class=\"large\"" } else { "" });
                }
                self.line("</div>");
            }
            Block::Legend { about, signs } => {
                self.line(format_args!("<ul class=\"legend\" aria-label=\"{}\">", Text(about)));
                for sign in signs {
                    self.line(format_args!("<li>{}{}</li>", sign.svg, Text(&sign.meaning)));
                }
                self.line("</ul>");
            }
            Block::Fold { summary, open, blocks } => {
                let open = if *open { " open=\"open\"" } else { "" };
                self.line(format_args!("<details{open}><summary>{}</summary>", Text(summary)));
                self.blocks(blocks);
                self.line("</details>");
            }
            Block::Signatures(signatures) => self.signatures(signatures),
        }
    }

    fn within(&mut self, tag: &str, attributes: &str, line: &Line) {
        self.put(format_args!("<{tag}{attributes}>"));
        self.text(line);
        self.line(format_args!("</{tag}>"));
    }

    fn text(&mut self, line: &Line) {
        for run in &line.0 {
            let text = Text(&run.text);
            match run.tone {
                Tone::Plain => self.put(text),
                Tone::Strong => self.put(format_args!("<strong>{text}</strong>")),
                Tone::Code => self.put(format_args!("<code>{text}</code>")),
                Tone::Good => self.put(format_args!("<span class=\"mark ok\">{text}</span>")),
                Tone::Bad => self.put(format_args!("<span class=\"mark no\">{text}</span>")),
                Tone::Break => self.put("<br/>"),
            }
        }
    }

    fn facts(&mut self, facts: &[Fact]) {
        self.line("<dl>");
        for fact in facts {
            self.put(format_args!("<dt>{}</dt>", fact.name));
            self.within("dd", if fact.wide { " class=\"wide\"" } else { "" }, &fact.value);
        }
        self.line("</dl>");
    }

    fn verdict(&mut self, verdict: &Verdict) {
        let mood = match verdict.mood {
            Mood::Good => "good",
            Mood::Warn => "warn",
            Mood::Bad => "bad",
        };
        self.line(format_args!("<div class=\"result {mood}\">"));
        self.line(format_args!("<p class=\"state\">{}</p>", Text(&verdict.state)));
        verdict.lines.iter().for_each(|line| self.within("p", "", line));
        self.line("</div>");
    }

    fn figure(&mut self, figure: &Figure, class: &str) {
        self.line(format_args!("<figure{class}>\n{}", figure.svg));
        self.within("figcaption", "", &figure.caption);
        self.line("</figure>");
    }

    fn signatures(&mut self, signatures: &[Signature]) {
        for Signature { role, name } in signatures {
            let who = if name.is_empty() { String::new() } else { format!(": {}", Text(name)) };
            self.line(format_args!(
                "<div class=\"sign\"><div>{role}{who}</div><div>Date</div></div>"
            ));
        }
    }
}
