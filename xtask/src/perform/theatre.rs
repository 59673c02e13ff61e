//! What scenes need and share, and what the machine gives to them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use course::catalog::{Catalog, Part};
use course::script::{Interface, Scene};
use events::Clock;
use stage::observe::probe_tracing;
use stage::{Assignment, Confinement, Detail, Folders, Program, network, slowness};

use crate::cargo::{self, Built, Profile};
use crate::cli::StageOptions;

/// Everything that scenes need and share: built programs, folders, and what the machine offers.
pub struct Theatre {
    /// Ourselves: the helper processes are hidden subcommands.
    pub xtask: PathBuf,
    lessons: PathBuf,
    programs: BTreeMap<String, Program>,
    /// Why programs could not be built, by package.
    unbuilt: BTreeMap<String, String>,
    folders: Arc<Folders>,
    /// The programs are a stranger's, and this is all that they find.
    confinement: Option<Confinement>,
    slowness: Mutex<f64>,
    /// `Err`: why scenes have no network of their own.
    pub own_network: Result<(), String>,
    /// `Err`: why it cannot have a second interface. Only asked when a scene needs one.
    second_interface: Result<(), String>,
    /// `Err`: why programs cannot be traced, or the clock not be made.
    pub tracing: Result<(), String>,
}

impl Theatre {
    /// Builds the programs of `parts` and looks at the machine. What cannot be built, [`unbuilt`](Theatre::unbuilt) says.
    ///
    /// # Errors
    /// There is no cargo, or no place for the scenes' folders.
    pub fn open(catalog: &Catalog, parts: &[Part], options: StageOptions) -> Result<Theatre> {
        let wanted: BTreeSet<&str> = parts.iter().flat_map(|part| part.scene.packages()).collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        let Built { binaries, failures: unbuilt } = match wanted.is_empty() {
            true => Built::default(),
            false => cargo::build(&catalog.root, &wanted, Profile::Dev)?,
        };
        let mut programs = BTreeMap::new();
        for (name, path) in binaries {
            let package = catalog.packages().find(|package| package.name == name);
            let address = package.and_then(|package| package.address);
            programs.insert(name, Program { path, address });
        }
        Theatre::of(catalog, parts, programs, unbuilt, options)
    }

    /// A theatre for programs that are built; what could not be, `unbuilt` says.
    ///
    /// # Errors
    /// There is no place for the scenes' folders.
    pub fn of(
        catalog: &Catalog,
        parts: &[Part],
        programs: BTreeMap<String, Program>,
        unbuilt: BTreeMap<String, String>,
        options: StageOptions,
    ) -> Result<Theatre> {
        // next to the programs: where they were built, there is room for files
        let target = programs.values().next().and_then(|program| program.path.parent()?.parent());
        let target = target.map_or_else(|| catalog.root.join("target"), Path::to_owned);
        anyhow::ensure!(
            target.to_str().is_some(),
            "课程放在 {}，这个路径不是 UTF-8 的文字：请把课程的文件夹移到别处，或者改名",
            target.display()
        );
        let folders = Folders::new(&target)
            .with_context(|| format!("建不了场景的文件夹（在 {} 里）", target.display()))?;
        let xtask = xtask_program()?;
        let lessons = catalog.root.join("lessons");
        let own_network = match options.shared_network {
            true => Err("命令行里写了 --shared-network".to_owned()),
            false => {
                let paths = programs.values().map(|program| program.path.as_path());
                let needed: Vec<&Path> = paths.chain([lessons.as_path()]).collect();
                network::probe(&xtask, &needed)
            }
        };
        let needs_interface = parts.iter().any(|part| part.scene.interface.is_some());
        let second_interface = match &own_network {
            Err(_) => Err("场景没有单独的网络".to_owned()),
            Ok(()) if needs_interface => network::probe_interface(&xtask),
            Ok(()) => Ok(()),
        };
        let tracing = probe_tracing(&xtask);
        // programs of no lesson have no limit that could grow: they need not wait for the measurement
        let slowness = Mutex::new(if parts.is_empty() { 1.0 } else { slowness() });
        Ok(Theatre {
            xtask,
            lessons,
            programs,
            unbuilt,
            folders: Arc::new(folders),
            confinement: None,
            slowness,
            own_network,
            second_interface,
            tracing,
        })
    }

    /// The same theatre for a stranger's programs. The machine is not looked at once more.
    pub fn for_stranger(
        &self,
        programs: BTreeMap<String, Program>,
        confinement: Confinement,
    ) -> Theatre {
        Theatre { confinement: Some(confinement), ..self.with(programs, self.slowness()) }
    }

    /// The same theatre for other programs. Only how busy the machine is is looked at once more.
    pub fn with_others(&self, programs: BTreeMap<String, Program>) -> Theatre {
        self.with(programs, slowness())
    }

    fn with(&self, programs: BTreeMap<String, Program>, slowness: f64) -> Theatre {
        Theatre {
            xtask: self.xtask.clone(),
            lessons: self.lessons.clone(),
            programs,
            unbuilt: BTreeMap::new(),
            folders: Arc::clone(&self.folders),
            confinement: None,
            slowness: Mutex::new(slowness),
            own_network: self.own_network.clone(),
            second_interface: self.second_interface.clone(),
            tracing: self.tracing.clone(),
        }
    }

    /// A new, empty folder that is removed with the theatre's others.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn folder(&self) -> Result<PathBuf> {
        self.folders.scene().context("建不了场景的文件夹")
    }

    /// Why a scene cannot be played: a program of it could not be built. In Chinese.
    pub fn unbuilt(&self, scene: &Scene) -> Option<&str> {
        scene.packages().find_map(|name| self.unbuilt.get(name)).map(String::as_str)
    }

    /// The same theatre, if every program could be built.
    ///
    /// # Errors
    /// Why some could not.
    pub fn complete(self) -> Result<Theatre> {
        if self.unbuilt.is_empty() {
            return Ok(self);
        }
        let reasons: Vec<&str> = self.unbuilt.values().map(String::as_str).collect();
        bail!("编译没有通过\n{}", reasons.join("\n"))
    }

    /// So many times longer scenes are waited for on our clock: other programs keep the machine busy. At least 1.
    pub fn slowness(&self) -> f64 {
        *self.slowness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks once more how busy the machine is: where it is busier than it was, scenes get more time.
    pub fn look_again(&self) {
        let now = slowness();
        let mut slowness = self.slowness.lock().unwrap_or_else(PoisonError::into_inner);
        *slowness = slowness.max(now);
    }

    /// What a scene needs and this machine does not have, in Chinese; `None`: it can be played.
    pub fn lacks(&self, scene: &Scene) -> Option<String> {
        let Interface { address, .. } = scene.interface?;
        let why = self.second_interface.as_ref().err()?;
        Some(format!("要第二张网卡 {address}，这里没有：{why}"))
    }

    /// What the helper of one scene needs, with a new folder. `trace`: on which clock the programs are traced.
    ///
    /// # Errors
    /// No folder can be made.
    pub fn assign(&self, scene: &Scene, trace: Option<Clock>) -> Result<Assignment> {
        let packages: BTreeSet<&str> = scene.packages().collect();
        let programs = self.programs.iter().filter(|(name, _)| packages.contains(name.as_str()));
        Ok(Assignment {
            scene: scene.clone(),
            folder: self.folder()?,
            lessons: self.lessons.clone(),
            programs: programs.map(|(name, program)| (name.clone(), program.clone())).collect(),
            own_network: self.own_network.is_ok(),
            visited: false,
            trace,
            harsh: None,
            patience: self.slowness(),
            detail: Detail::Picture,
            places: false,
            computing: limits::COMPUTING,
            directory: None,
            keys: None,
            confinement: self.confinement.clone(),
            parent: std::process::id() as i32,
        })
    }
}

/// Ourselves, to be started again as a helper.
///
/// # Errors
/// The system does not say where we are.
pub fn xtask_program() -> Result<PathBuf> {
    std::env::current_exe().context("找不到 xtask 自己")
}
