//! A line of a function that a thread is in, and what stands around it.

use events::{Excerpt, Frame, Language};

use super::guards::code;

/// A line of a function.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    excerpt: &'a Excerpt,
    /// The line: an index into the excerpt's.
    at: usize,
    language: Language,
}

/// The innermost own line.
pub fn here(frames: &[Frame]) -> Option<Spot<'_>> {
    Spot::of(frames.iter().find(|frame| frame.own)?)
}

impl<'a> Spot<'a> {
    /// The line that a function is at.
    pub fn of(frame: &'a Frame) -> Option<Spot<'a>> {
        let excerpt = frame.source.as_ref()?;
        let at = usize::try_from(frame.line?.checked_sub(excerpt.first)?).ok()?;
        let language = frame.language;
        (at < excerpt.lines.len()).then_some(Spot { excerpt, at, language })
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.number(self.at)
    }

    fn number(&self, at: usize) -> u32 {
        self.excerpt.first + at as u32
    }

    fn text(&self, at: usize) -> String {
        code(&self.excerpt.lines[at])
    }

    /// The last part of the name on which one of these methods is called: `self.ready.wait()`. Of one that is entered by
    /// `with` that of this.
    pub fn receiver(&self, methods: &[&str]) -> Option<String> {
        let text = self.text(self.at);
        let called = methods.iter().find_map(|method| receiver(&text, method));
        called.or_else(|| {
            let entered = text.trim().strip_prefix("with ")?.trim_end().strip_suffix(':')?;
            last_part(entered)
        })
    }

    /// Python: whether it asks for a lock, whatever that is called.
    pub fn takes_lock(&self) -> bool {
        let text = self.text(self.at);
        text.trim().starts_with("with ") || text.contains(".acquire(")
    }

    /// Whether one of these methods is called here.
    pub fn calls_any(&self, methods: &[&str]) -> bool {
        let text = self.text(self.at);
        methods.iter().any(|method| text.contains(&format!(".{method}(")))
    }

    /// A call of one of these methods, of something with such a name, that is carried out after this line: its line, and how
    /// it is written.
    pub fn call_below(
        &self,
        methods: &[&str],
        is_it: impl Fn(&str) -> bool,
    ) -> Option<(u32, String)> {
        let here = indent(&self.excerpt.lines[self.at]);
        let mut apart = None;
        let mut redefined: Vec<String> = Vec::new();
        (self.at + 1..self.excerpt.lines.len()).find_map(|at| {
            let text = self.text(at);
            if text.trim().is_empty() {
                return None;
            }
            // another function, or a closure, is carried out by whoever calls it; another branch by nobody
            if apart.is_some_and(|least| indent(&text) > least) {
                return None;
            }
            let other_branch = ["else", "elif ", "} else", "except"].iter();
            let other_branch = other_branch.into_iter().any(|word| text.trim().starts_with(word));
            let arm = self.language == Language::Native && text.contains("=>");
            let leaves = begins_function(&text, self.language)
                || (other_branch || arm) && indent(&text) < here;
            apart = leaves.then_some(indent(&text));
            if leaves {
                return None;
            }
            // from here on the name is another's
            redefined.extend(defined(&text));
            let mut called = methods.iter();
            let (name, method) =
                called.find_map(|method| Some((receiver(&text, method)?, method)))?;
            let own = !redefined.contains(&name) && !is_in_closure(&text, method);
            (own && is_it(&name)).then(|| (self.number(at), format!("{name}.{method}()")))
        })
    }

    /// Whether a word stands in the line.
    pub fn names(&self, word: &str) -> bool {
        self.text(self.at).split(|c: char| !is_word(c)).any(|one| one == word)
    }

    /// Whether a word stands anywhere in the function.
    pub fn mentions(&self, word: &str) -> bool {
        (0..self.excerpt.lines.len()).any(|at| self.text(at).contains(word))
    }

    /// A `continue` below this line, before which a word does not stand, and the line further down where it stands.
    pub fn skipped(&self, word: &str) -> Option<(u32, u32)> {
        let lines = || self.at + 1..self.excerpt.lines.len();
        let stands = lines().find(|at| self.text(*at).contains(word))?;
        let skips = (self.at + 1..stands).find(|at| self.text(*at).trim() == "continue")?;
        Some((self.number(skips), self.number(stands)))
    }

    /// A call below this line that starts a thread: its line. Rust: only if a name stands in that statement, if one is given.
    pub fn start_below(&self, name: Option<&str>) -> Option<u32> {
        let here = indent(&self.excerpt.lines[self.at]);
        let starts = (self.at + 1..self.excerpt.lines.len()).find(|at| {
            let text = self.text(*at);
            match self.language {
                Language::Python => {
                    let starts = [".start()", ".submit("].iter().any(|call| text.contains(call));
                    let thread = starts && self.mentions("Thread") && !self.mentions("Process(");
                    thread && indent(&text) <= here && !begins_function(&text, self.language)
                }
                // a process is spawned without a closure
                Language::Native => {
                    let calls = ["thread::spawn(", "spawn(move", "spawn(|"];
                    calls.iter().any(|call| text.contains(call)) && indent(&text) <= here
                }
            }
        })?;
        let statement = self.excerpt.lines[starts..].iter().take(MOST_OF_A_CLOSURE);
        let named = |name: &str| {
            let mut lines = statement.clone();
            lines.any(|line| code(line).split(|c: char| !is_word(c)).any(|word| word == name))
        };
        let left = (self.at + 1..starts).any(|at| leaves_block(&self.text(at), here));
        (!left && name.is_none_or(named)).then(|| self.number(starts))
    }

    /// Rust: the receiving end that was made together with the sender which is used on this line.
    pub fn receiver_of_sender(&self) -> Option<String> {
        let used = self.receiver(&["send"])?;
        (0..self.at).rev().find_map(|at| {
            let text = self.text(at);
            let (names, value) = text.trim().strip_prefix("let (")?.split_once(')')?;
            let makes = ["channel", "bounded("].iter().any(|word| value.contains(word));
            let mut names = names.split(',').map(|name| name.trim().trim_start_matches("mut "));
            (makes && names.next()? == used).then(|| names.next().map(str::to_owned))?
        })
    }

    /// The line of the endless loop around this one.
    pub fn endless_loop(&self) -> Option<u32> {
        let is_loop = |text: &str| {
            let head = text.trim();
            ["while True:", "while 1:", "while(True):", "while (True):", "loop {"].contains(&head)
                || head.starts_with("for ") && head.contains("iter(") && head.contains(".get")
        };
        if is_loop(&self.text(self.at)) {
            return Some(self.line());
        }
        self.enclosing().into_iter().find(|at| is_loop(&self.text(*at))).map(|at| self.number(at))
    }

    /// Whether it stands in a loop or branch that looks at a condition.
    pub fn is_in_condition(&self) -> bool {
        let looks = |text: &str| {
            let head = text.trim();
            ["while ", "if ", "elif ", "while(", "if("].iter().any(|word| head.starts_with(word))
                && !head.starts_with("while True")
                || head.starts_with("loop")
                || head.contains("else if ")
        };
        self.enclosing().into_iter().any(|at| looks(&self.text(at))) || looks(&self.text(self.at))
    }

    /// The heads of the blocks around the line, the innermost first, by their indentation.
    fn enclosing(&self) -> Vec<usize> {
        let mut least = indent(&self.excerpt.lines[self.at]);
        let mut heads = Vec::new();
        for at in (0..self.at).rev() {
            let line = &self.excerpt.lines[at];
            if !line.trim().is_empty() && indent(line) < least {
                least = indent(line);
                heads.push(at);
            }
        }
        heads
    }

    /// Rust: a sender that this function has made and still has on this line: its name, and where it was made.
    pub fn kept_sender(&self) -> Option<(String, u32)> {
        let made = (0..self.at).rev().find_map(|at| Some((at, sender(&self.text(at))?)));
        let (at, name) = made?;
        // a block that is over has taken along what was made in it
        let inside = self.enclosing().into_iter().map(|head| indent(&self.excerpt.lines[head]));
        let outermost = inside.min().unwrap_or(0);
        let depth = indent(&self.excerpt.lines[at]);
        if depth > indent(&self.excerpt.lines[self.at]) || depth < outermost {
            return None;
        }
        let mut shadow: Option<usize> = None;
        for between in at + 1..self.at {
            let text = self.text(between);
            // in a block that has a clone of the same name, that is meant
            shadow = shadow.filter(|block| text.trim().is_empty() || indent(&text) >= *block);
            if shadow.is_some() {
                continue;
            }
            if is_clone_of_itself(&text, &name) {
                shadow = Some(indent(&text));
            } else if gives_away(&text, &name, indent(&text) == depth) {
                return None;
            }
        }
        Some((name, self.number(at)))
    }
}

/// `let (tx, rx) = mpsc::channel();`: the sender.
fn sender(text: &str) -> Option<String> {
    let (names, value) = text.trim().strip_prefix("let (")?.split_once(')')?;
    let makes = ["channel", "bounded(", "unbounded("].iter().any(|word| value.contains(word));
    let name = names.split(',').next()?.trim().trim_start_matches("mut ").trim();
    (makes && !name.starts_with('_')).then(|| name.to_owned())
}

/// `let tx = tx.clone();`
fn is_clone_of_itself(text: &str, name: &str) -> bool {
    let clone = text.trim().strip_prefix("let ").and_then(|rest| rest.split_once(" = "));
    clone.is_some_and(|(variable, value)| {
        variable.trim_start_matches("mut ").trim() == name
            && value.starts_with(&format!("{name}.clone()"))
    })
}

/// Whether a name is mentioned otherwise than to clone it, or to send by it in the function itself (`beside`): then it may
/// have gone elsewhere.
fn gives_away(text: &str, name: &str, beside: bool) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let sends = beside && !text.contains('|');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        whole && !after.starts_with(".clone()") && !(sends && after.starts_with(".send("))
    })
}

/// Rust: the names that a line defines.
fn defined(text: &str) -> Vec<String> {
    let names = text.trim().strip_prefix("let ").and_then(|rest| rest.split_once('='));
    let words = names.map(|(names, _)| names.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.into_iter().flatten().filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a call stands in a closure, which is carried out by whoever calls that.
fn is_in_closure(text: &str, method: &str) -> bool {
    let before = text.split(&format!(".{method}(")).next().unwrap_or_default();
    before.contains("lambda") || before.matches('|').count() >= 2
}

/// The last part of the name on which a method is called.
fn receiver(text: &str, method: &str) -> Option<String> {
    let (before, _) = text.split_once(&format!(".{method}("))?;
    last_part(before)
}

/// `self.queue` → `queue`
fn last_part(before: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let start = before.char_indices().rev().take_while(|(_, c)| is_word(*c)).last()?.0;
    Some(before[start..].to_owned())
}

/// So many lines of a statement that starts a thread are looked at.
const MOST_OF_A_CLOSURE: usize = 12;

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A function or branch of another begins here: what follows is not carried out after what stands above.
fn leaves_block(text: &str, depth: usize) -> bool {
    let head = text.trim();
    let begins = ["def ", "async def ", "class ", "fn ", "else", "elif ", "except"];
    indent(text) < depth && begins.iter().any(|word| head.starts_with(word))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn begins_function(text: &str, language: Language) -> bool {
    let head = text.trim();
    match language {
        Language::Python => {
            head.starts_with("def ") || head.starts_with("class ") || head.starts_with("async def ")
        }
        Language::Native => {
            head.starts_with("fn ")
                || head
                    .rsplit_once('|')
                    .is_some_and(|(before, block)| before.contains('|') && block.trim() == "{")
        }
    }
}

#[cfg(test)]
mod tests;
