//! The words of a text, as search compares them: without case, accents and punctuation.
//!
//! The same function makes the index and reads what a person typed, so both databases find the
//! same.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longer words are compared by their beginning.
const LONGEST: usize = 64;

/// One thing that was asked for: words that follow each other, the last of which may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub words: Vec<String>,
}

/// Returns the words of a text in their order.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.nfkd().filter(|character| !is_accent(*character)) {
        if is_word_of_its_own(character) {
            push(&mut words, &mut word);
            words.push(character.to_string());
        } else if character.is_alphanumeric() || is_combining_mark(character) {
            fold(character, &mut word);
        } else {
            push(&mut words, &mut word);
        }
    }
    push(&mut words, &mut word);
    words
}

/// Returns what search looks for, at most ten terms: `IMG_1234.jpg` is one of three words.
pub fn terms(text: &str) -> Vec<Term> {
    let terms = text
        .split_whitespace()
        .map(|term| Term { words: words(term) });
    terms
        .filter(|term| !term.words.is_empty())
        .take(10)
        .collect()
}

/// Writes texts down so that a run of words is found with "contains": every word has a space
/// before it, and no run reaches from one text into the next.
pub fn searchable<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        for word in words(text) {
            all.push(' ');
            all.push_str(&word);
        }
        all.push('\n');
    }
    all
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if word.is_empty() {
        return;
    }
    if let Some((end, _)) = word.char_indices().nth(LONGEST) {
        word.truncate(end);
    }
    words.push(std::mem::take(word));
}

fn fold(character: char, word: &mut String) {
    for lower in character.to_lowercase().filter(|lower| !is_accent(*lower)) {
        match lower {
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'đ' | 'ð' => word.push('d'),
            'þ' => word.push_str("th"),
            'ı' => word.push('i'),
            'ς' => word.push('σ'),
            other => word.push(other),
        }
    }
}

/// Marks over and under letters. Vowel signs of other scripts are not: they make other words.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Scripts that put no spaces between words: each sign is one, and runs of them are found as such.
fn is_word_of_its_own(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
        && character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_punctuation_make_no_difference() {
        for (text, expected) in [
            ("IMG_1234.jpg", vec!["img", "1234", "jpg"]),
            ("Überlingen, Straße", vec!["uberlingen", "strasse"]),
            ("u\u{308}ber", vec!["uber"]),
            ("Smørrebrød Łódź Æble", vec!["smorrebrod", "lodz", "aeble"]),
            ("ΟΔΟΣ οδός", vec!["οδοσ", "οδοσ"]),
            ("東京 tower", vec!["東", "京", "tower"]),
            ("% _ -", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_word_is_cut_the_same_way_on_both_sides() {
        assert_eq!(words(&"x".repeat(500)), words(&"X".repeat(64)));
    }

    #[test]
    fn a_term_keeps_the_words_that_belong_together() {
        let terms = terms("a.jpg  - Rome");
        assert_eq!(terms.len(), 2);
        assert_eq!(terms[0].words, ["a", "jpg"]);
    }

    #[test]
    fn runs_of_words_end_with_their_text() {
        assert_eq!(searchable(["A b", "c"]), " a b\n c\n");
    }
}
