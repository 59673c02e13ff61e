//! Lines that begin with a word of their own: scenes, times, a network interface, names, files.

use std::net::Ipv4Addr;
use std::time::Duration;

use limits::SCENE_SECONDS;

use crate::script::choice::{NoChoice, Options};
use crate::script::spelling::{File, Line, Words};
use crate::script::words::{ABSENT, Moment, SECONDS};
use crate::script::{Compared, Content, Distinct, Interface, Prepared, Scene};

use super::error::ParseError;
use super::{Parser, operand};

impl Parser<'_> {
    pub(super) fn heading(
        &mut self,
        line: &Line,
        words: &Words,
        check_only: bool,
    ) -> Result<(), ParseError> {
        self.finish_scene()?;
        let at = words.get(0).at;
        let title = line.rest(at);
        if title.is_empty() {
            let help = "写成「场景 一个服务器端，一个客户端」这样";
            return Err(line.error(at, "场景没有名字", help));
        }
        if self.scenes.iter().any(|scene| scene.title == title) {
            let message = format!("场景「{title}」出现了两次");
            return Err(line.error(at, message, "同一个剧本里，场景的名字不能重复"));
        }
        self.section = 0;
        self.names.clear();
        self.scenes.push(Scene {
            title: title.to_owned(),
            line: line.number,
            check_only,
            limit: limits::SCENE_TIME,
            ..Scene::default()
        });
        Ok(())
    }

    pub(super) fn limit(&mut self, line: &Line, words: &Words) -> Result<(), ParseError> {
        const HELP: &str = "写成「限时 40 秒」";
        let number = words.get(0);
        let seconds = number.text.parse().ok().filter(|seconds| SCENE_SECONDS.contains(seconds));
        let Some(seconds) = seconds else {
            let (least, most) = (SCENE_SECONDS.start(), SCENE_SECONDS.end());
            let message = format!("限时要的是 {least} 到 {most} 的整数");
            return Err(line.error(number.at, message, HELP));
        };
        if words.get(1).text != SECONDS {
            return Err(line.error(number.at, "限时的单位是秒", HELP));
        }
        self.scene().limit = Duration::from_secs(seconds);
        line.nothing_after(words, 2)
    }

    pub(super) fn interface(&mut self, line: &Line, words: &Words) -> Result<(), ParseError> {
        let word = words.get(0);
        let Ok(address) = word.text.parse::<Ipv4Addr>() else {
            let message = format!("「{}」不是网卡的地址", word.text);
            return Err(line.error(word.at, message, "写成「网卡 192.0.2.1」，不带端口"));
        };
        // no real machine has such an address, so nothing real can be meant by it (RFC 5737)
        if !address.is_documentation() || matches!(address.octets()[3], 0 | 255) {
            return Err(line.error(
                word.at,
                format!("{address} 不是留给例子用的地址"),
                "写 192.0.2.1 到 192.0.2.254 里的一个；198.51.100 和 203.0.113 开头的也行（RFC 5737）",
            ));
        }
        if let Some(first) = self.scene().interface {
            return Err(line.error(
                word.at,
                "一个场景只能多一张网卡",
                format!("第 {} 行已经写了「网卡 {}」", first.line, first.address),
            ));
        }
        self.scene().interface = Some(Interface { line: line.number, address });
        line.nothing_after(words, 1)
    }

    pub(super) fn distinct(&mut self, line: &Line, words: &Words) -> Result<(), ParseError> {
        const HELP: &str = "写成「不同 <甲> <乙>」";
        let mut names = Vec::new();
        for word in words.iter() {
            let name = word.text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
            let Some(name) = name else {
                return Err(line.error(word.at, format!("「{}」不是名字", word.text), HELP));
            };
            self.check_name_known(line, word.at, name)?;
            names.push(name.to_owned());
        }
        if names.len() < 2 {
            return Err(line.error(words.end().at, "「不同」至少要两个名字", HELP));
        }
        self.scene().distinct.push(Distinct { line: line.number, names });
        Ok(())
    }

    /// The choice has been made already: is it one?
    pub(super) fn choice(&mut self, line: &Line, words: &Words) -> Result<(), ParseError> {
        const HELP: &str = "写成「任选 <句> 「你好」 「再见」」，或者「任选 <数> 3..7」";
        match Options::of(words) {
            Ok(_) => Ok(()),
            Err(NoChoice { operand, message }) => {
                Err(line.error(words.get(operand).at, message, HELP))
            }
        }
    }

    pub(super) fn prepare(&mut self, line: &Line, file: &File) -> Result<(), ParseError> {
        let path = operand::scene_path(line, file.path)?;
        let content = operand::content(line, &file.content)?;
        if let Content::File(_) = content {
            return Err(line.error(
                line.text.len(),
                "准备文件时要写出内容",
                "写成 =「文字」、= 1024 字节 或 = 课程:文件夹/文件名",
            ));
        }
        self.scene().prepared.push(Prepared { line: line.number, path, content });
        Ok(())
    }

    pub(super) fn compare(&mut self, line: &Line, file: &File) -> Result<(), ParseError> {
        let path = operand::scene_path(line, file.path)?;
        let content = Some(operand::content(line, &file.content)?);
        self.scene().compared.push(Compared { line: line.number, path, content });
        Ok(())
    }

    /// A line about a file that has no `=`.
    pub(super) fn file_without_content(
        &mut self,
        line: &Line,
        moment: Moment,
        words: &Words,
    ) -> Result<(), ParseError> {
        let path = operand::scene_path(line, words.get(0))?;
        let next = words.get(1);
        if moment == Moment::Before || next.text != ABSENT {
            return Err(line.error(next.at, "这里应当是「=」", operand::CONTENT_HELP));
        }
        line.nothing_after(words, 2)?;
        self.scene().compared.push(Compared { line: line.number, path, content: None });
        Ok(())
    }
}
