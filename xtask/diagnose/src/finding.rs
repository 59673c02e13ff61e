//! What a shape has found: a [`Cause`] in the making.

use course::script::Scene;
use events::Place;

use super::cause::{Cause, Certainty, Evidence};
use super::code::Code;
use super::roster::Roster;
use super::words::spaced;

/// A cause that does not yet know which failure it explains.
#[derive(Debug)]
pub struct Finding {
    code: Code,
    certainty: Certainty,
    sentence: String,
    fact: Option<String>,
    advice: Option<String>,
    /// The event that it explains.
    about: usize,
    culprit: Option<usize>,
    place: Option<Place>,
    evidence: Vec<Evidence>,
}

impl Finding {
    /// `sentence`: what a teacher would say, in Chinese.
    pub fn new(code: Code, certainty: Certainty, sentence: impl Into<String>) -> Finding {
        Finding {
            code,
            certainty,
            sentence: sentence.into(),
            fact: None,
            advice: None,
            about: 0,
            culprit: None,
            place: None,
            evidence: Vec::new(),
        }
    }

    /// The program of this waiting thread has to change, where it waits.
    pub fn blames(self, roster: &Roster, thread: usize) -> Finding {
        let one = &roster.waiting[thread];
        Finding { culprit: Some(roster.terminal(one)), place: one.place.clone(), ..self }
    }

    /// The program of this process has to change; `None`: which one is not known.
    pub fn blames_process(self, roster: &Roster, pid: Option<i32>) -> Finding {
        let Some(pid) = pid else { return self };
        match roster.threads_of(pid).first() {
            Some(thread) => self.blames(roster, *thread),
            None => Finding { culprit: roster.terminal_of(pid), ..self },
        }
    }

    /// It rests on this, too.
    pub fn rests_on(mut self, fact: Evidence) -> Finding {
        self.evidence.push(fact);
        self
    }

    /// What to change, in Chinese, where that is more than what the kind of cause says.
    pub fn advises(self, advice: impl Into<String>) -> Finding {
        Finding { advice: Some(advice.into()), ..self }
    }

    /// One of several that come into question, while this is certain, whether or not it is this cause: said before it.
    pub fn demoted(self, fact: impl Into<String>) -> Finding {
        Finding { certainty: Certainty::Candidate, fact: Some(fact.into()), ..self }
    }

    /// This is certain, and said before it.
    pub fn begins_with(self, fact: String) -> Finding {
        match self.certainty {
            Certainty::Proved => {
                Finding { sentence: format!("{fact}。{}", self.sentence), ..self }
            }
            Certainty::Candidate => {
                let fact = match &self.fact {
                    Some(more) => format!("{fact}。{more}"),
                    None => fact,
                };
                self.demoted(fact)
            }
        }
    }

    /// It fits the facts, and something else might, too.
    pub fn unproved(self) -> Finding {
        Finding { certainty: Certainty::Candidate, ..self }
    }

    /// Whether it is more than a candidate.
    pub fn is_proved(&self) -> bool {
        self.certainty == Certainty::Proved
    }

    /// It explains this event: an index into the scene's.
    pub fn about_event(self, about: usize) -> Finding {
        Finding { about, ..self }
    }

    /// The event that it explains: an index into the scene's.
    pub fn event(&self) -> usize {
        self.about
    }

    /// There, in the source of the program that has to change, if that is known and nothing better is.
    pub fn at(self, place: Option<&Place>) -> Finding {
        Finding { place: self.place.or_else(|| place.cloned()), ..self }
    }

    /// The program of this terminal has to change, unless another is known.
    pub fn in_terminal(self, terminal: usize) -> Finding {
        Finding { culprit: self.culprit.or(Some(terminal)), ..self }
    }

    /// It does not want the partner of a script to change, who does what the script says.
    pub fn may_change(&self, scene: &Scene) -> bool {
        self.culprit.is_none_or(|terminal| !scene.is_partner(terminal))
    }

    /// The terminal whose program has to change, as far as that is known.
    pub fn culprit(&self) -> Option<usize> {
        self.culprit
    }

    /// What it says.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The cause of a failure: an index into the verdict's, if something was judged.
    pub fn explains(self, failure: Option<usize>) -> Cause {
        let Finding { code, certainty, fact, advice, about, culprit, place, evidence, .. } = self;
        let (remedy, sentence) = (code.remedy(), spaced(&self.sentence));
        let [fact, advice] = [fact, advice].map(|text| text.map(|text| spaced(&text)));
        Cause {
            about,
            failure,
            consequences: Vec::new(),
            code,
            certainty,
            culprit,
            place,
            evidence,
            remedy,
            fact,
            sentence,
            advice,
        }
    }
}
