// RUN: sock
// KIND: fails
// CAUSE: The path of the Unix socket is longer than sockaddr_un can hold (108 bytes), so UnixListener::bind fails with InvalidInput ("path must be shorter than SUN_LEN"). Use a short path such as /run/thermo.sock.
// MUST NOT SAY: that the folder is missing, lacks permission, or that the file already exists.
use std::fs;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

fn socket_path() -> io::Result<PathBuf> {
    let mut dir = std::env::temp_dir();
    for part in [
        "fresh60-thermometer-service",
        "building-seven-second-floor-laboratory",
        "measurements-of-the-year-twenty-twenty-six",
    ] {
        dir.push(part);
    }
    fs::create_dir_all(&dir)?;
    Ok(dir.join("thermometer.sock"))
}

fn main() -> io::Result<()> {
    let path = socket_path()?;
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    let _me = UnixStream::connect(&path)?;
    let (_conn, _) = listener.accept()?;
    println!("thermometer is connected");
    Ok(())
}
