//! Where the files of a benchmark are: in memory, where there is room, so that no disk is measured.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use stage::Folders;

use crate::memory_files;

use super::process::stop_if_interrupted;

/// The file that is sent.
pub const SOURCE: &str = "source";
/// The file that is received.
pub const RECEIVED: &str = "received";
const MIB: u64 = 1024 * 1024;

/// A folder for the files of this run. Removed when dropped.
#[derive(Debug)]
pub struct Place {
    /// The folder; the programs run in it.
    pub folder: PathBuf,
    /// Why it is not in memory.
    pub on_disk: Option<String>,
    /// Made for us alone in the memory; removed when empty.
    base: Option<PathBuf>,
    folders: Option<Folders>,
}

impl Place {
    /// Finds room for `bytes`; where there is none in memory, in `target`.
    pub fn find(target: &Path, bytes: u64) -> Result<Place> {
        let memory = memory_files::FOLDER;
        let on_disk = match memory_files::room() {
            None => Some(format!("没有在内存里的 {memory}")),
            Some(free) if free < bytes => {
                Some(format!("{memory} 里的空间不到 {} MiB", bytes.div_ceil(MIB)))
            }
            Some(_) => None,
        };
        // other users of the machine may have a folder of their own
        let base = Path::new(memory).join(format!("xtask-bench-{}", nix::unistd::getuid()));
        let base = on_disk.is_none().then_some(base);
        let parent = base.as_deref().unwrap_or(target);
        let made = Folders::new(parent).and_then(|folders| Ok((folders.scene()?, folders)));
        let (folder, folders) =
            made.with_context(|| format!("在 {} 里建不了文件夹", parent.display()))?;
        Ok(Place { folder, on_disk, base, folders: Some(folders) })
    }

    /// Writes `mib` MiB to [`SOURCE`]: no zeros, no repetition within 64 KiB.
    pub fn write_source(&self, mib: u64) -> Result<()> {
        let mut file = File::create(self.folder.join(SOURCE)).context("写不了要上传的文件")?;
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut block = vec![0; 64 * 1024];
        for word in block.chunks_exact_mut(8) {
            // xorshift64: Marsaglia, "Xorshift RNGs"
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        for number in 0..mib * 16 {
            stop_if_interrupted()?;
            block[..8].copy_from_slice(&number.to_le_bytes());
            file.write_all(&block).context("写不了要上传的文件")?;
        }
        Ok(())
    }

    /// Whether [`RECEIVED`] is [`SOURCE`], byte for byte; it is removed.
    pub fn received_whole(&self) -> Result<bool> {
        let path = self.folder.join(RECEIVED);
        let mut ours = File::open(self.folder.join(SOURCE))?;
        let mut theirs = BufReader::new(File::open(&path).context("没有收到文件")?);
        let mut same = ours.metadata()?.len() == theirs.get_ref().metadata()?.len();
        let (mut left, mut right) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        while same {
            stop_if_interrupted()?;
            let count = ours.read(&mut left)?;
            theirs.read_exact(&mut right[..count])?;
            same = left[..count] == right[..count];
            if count == 0 {
                break;
            }
        }
        drop(theirs);
        fs::remove_file(path)?;
        Ok(same)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.folders.take());
        // only when no other run is in there
        if let Some(base) = &self.base {
            let _ = fs::remove_dir(base.join(Folders::NAME));
            let _ = fs::remove_dir(base);
        }
    }
}
