//! Lays marked and labeled text out in a given width. Knows nothing of findings; never asks the terminal.

use anstyle::Style;
use comfy_table::{ContentArrangement, Table, presets};

use crate::plain::shorten;

/// How wide and how colorful output is to be; the caller knows the terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal; none when the output is not a terminal: lines are then as long as needed.
    pub width: Option<usize>,
    /// Whether to color.
    pub color: Color,
}

/// Whether to color.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Color {
    /// No escape sequence at all.
    #[default]
    Off,
    /// ANSI escape sequences.
    On,
}

/// The mark's column, such as `CRITICAL`.
const MARK_WIDTH: usize = 10;
/// The label's column, such as `where`.
const LABEL_WIDTH: usize = 8;
/// The column of a counted name, such as `irrelevant`.
const NAME_WIDTH: usize = 10;
/// Below this, lines are longer than the terminal rather than unreadable.
const LEAST_TEXT_WIDTH: usize = 24;
/// No text on a page is longer, whoever wrote it.
const LONGEST_TEXT: usize = 2000;

/// Text in the making: what is put on it is made safe to show first.
pub(crate) struct Page {
    view: View,
    text: String,
}

impl Page {
    pub(crate) fn new(view: View) -> Self {
        Self { view, text: String::new() }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// Adds an empty line, except at the top.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Adds text that starts at the margin.
    pub(crate) fn line(&mut self, text: &str) {
        self.put(&[], text, Style::new());
    }

    /// Adds text beside a mark.
    pub(crate) fn marked(&mut self, mark: &str, mark_style: Style, text: &str, style: Style) {
        self.put(&[(mark, MARK_WIDTH, mark_style)], text, style);
    }

    /// Adds text beside a label, under a mark.
    pub(crate) fn labeled(&mut self, label: &str, text: &str, style: Style) {
        let dim = Style::new().dimmed();
        self.put(&[("", MARK_WIDTH, dim), (label, LABEL_WIDTH, dim)], text, style);
    }

    /// Adds text beside a name and a number.
    pub(crate) fn counted(&mut self, name: &str, style: Style, number: u64, text: &str) {
        let plain = Style::new();
        let number = format!("{number:>6}");
        self.put(&[("", 2, plain), (name, NAME_WIDTH, style), (&number, 8, plain)], text, plain);
    }

    /// Adds text a little to the right.
    pub(crate) fn listed(&mut self, text: &str) {
        self.put(&[("", 2, Style::new())], text, Style::new());
    }

    /// Adds text in lines of the page's width; those after the first start below the text.
    fn put(&mut self, before: &[(&str, usize, Style)], text: &str, style: Style) {
        let indent: usize = before.iter().map(|(_, width, _)| width).sum();
        let width = self.view.width.map(|width| width.saturating_sub(indent).max(LEAST_TEXT_WIDTH));
        for (at, line) in wrap(&shorten(text, LONGEST_TEXT), width).iter().enumerate() {
            if at == 0 {
                for (word, column, style) in before {
                    self.paint(word, *style);
                    self.spaces(column.saturating_sub(word.chars().count()));
                }
            } else {
                self.spaces(indent);
            }
            self.paint(line, style);
            let end = self.text.trim_end_matches(' ').len();
            self.text.truncate(end);
            self.text.push('\n');
        }
    }

    fn spaces(&mut self, number: usize) {
        self.text.extend(std::iter::repeat_n(' ', number));
    }

    fn paint(&mut self, text: &str, style: Style) {
        match self.view.color {
            Color::On if !text.is_empty() => {
                self.text.push_str(&format!("{style}{text}{style:#}"));
            }
            Color::On | Color::Off => self.text.push_str(text),
        }
    }
}

/// Breaks a line at spaces, and within words that are too long for one line. Measures what the terminal shows.
fn wrap(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else {
        return vec![text.to_owned()];
    };
    if text.is_ascii() && text.len() <= width {
        return vec![text.to_owned()];
    }
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .add_row([text]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 0));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_broken_at_spaces() {
        assert_eq!(wrap("one two three four", Some(9)), ["one two", "three", "four"]);
        assert_eq!(wrap("one two three four", None), ["one two three four"]);
    }

    #[test]
    fn a_wide_character_counts_twice() {
        assert_eq!(wrap("東京東京東京", Some(8)), ["東京東京", "東京"]);
    }

    #[test]
    fn a_continued_line_starts_below_its_text() {
        let mut page = Page::new(View { width: Some(30), color: Color::Off });
        page.marked("HIGH", Style::new(), "what happened to the web server", Style::new());
        page.labeled("who", "alice", Style::new());
        insta::assert_snapshot!(page.finish(), @"
        HIGH      what happened to the web
                  server
                  who     alice
        ");
    }
}
