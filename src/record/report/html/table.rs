//! Tables.

use super::Page;
use crate::record::report::document::{Fit, Line, Row, Table, Weight};
use crate::record::report::html::text::Text;

impl Page {
    /// Many short rows stand in columns: thousands of them would be mostly white paper.
    pub(super) fn table(&mut self, table: &Table) {
        let class = if table.many { " class=\"columns\"" } else { "" };
        self.line(format_args!("<div{class}><table>\n<caption>{}</caption>", Text(&table.caption)));
        self.put("<thead><tr>");
        for column in &table.columns {
            let class = class_of(column.fit);
            self.put(format_args!("<th scope=\"col\"{class}>{}</th>", Text(column.head)));
        }
        self.line("</tr></thead>\n<tbody>");
        for row in &table.rows {
            self.row(table, row);
        }
        self.line("</tbody>\n</table></div>");
    }

    fn row(&mut self, table: &Table, row: &Row) {
        self.put(match row.weight {
            Weight::Plain => "<tr>",
            Weight::Off => "<tr class=\"off\">",
            Weight::Warning => "<tr class=\"level-warning\">",
            Weight::Alarm => "<tr class=\"level-alarm\">",
        });
        for (index, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate() {
            let named = table.named && index == 0;
            self.cell(cell, column.fit, named);
        }
        self.line("</tr>");
    }

    fn cell(&mut self, cell: &Line, fit: Fit, names_its_row: bool) {
        let class = class_of(fit);
        if names_its_row {
            self.put(format_args!("<th scope=\"row\"{class}>"));
            self.text(cell);
            self.put("</th>");
        } else {
            self.put(format_args!("<td{class}>"));
            self.text(cell);
            self.put("</td>");
        }
    }
}

const fn class_of(fit: Fit) -> &'static str {
    match fit {
        Fit::Text => "",
        Fit::Short => " class=\"s\"",
        Fit::Number => " class=\"n\"",
    }
}
