//! The shim itself, in C's terms (<https://sqlite.org/vfs.html>): each method asks the file's [`Disk`] and then calls the system's VFS.
//!
//! SQLite gives a file `szOsFile` bytes. Those of a watched file begin with a [`Shim`], and the system's own file lies behind it; a file that no disk
//! watches is the system's alone.

#![allow(unsafe_code)]

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use super::{Call, Disk, Verdict};

/// Methods that every file and VFS of this system has.
const THERE: &str = "the system's VFS has all methods";

/// Makes the shim the process's default VFS, once.
pub fn install() {
    static ONCE: Once = Once::new();
    // SAFETY: the system's VFS and this one are never freed; a copy of the former's methods serves as it does, since those that look at the VFS
    // (xOpen, xDelete, xAccess) are replaced by ones that give it its own.
    ONCE.call_once(|| unsafe {
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        assert!(!system.is_null(), "SQLite has a VFS");
        let shim = Box::leak(Box::new(sqlite3_vfs {
            szOsFile: (*system).szOsFile + size_of::<Shim>() as c_int,
            pNext: std::ptr::null_mut(),
            zName: c"qadam-faults".as_ptr(),
            pAppData: system.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            ..*system
        }));
        assert_eq!(ffi::sqlite3_vfs_register(shim, 1), ffi::SQLITE_OK);
    });
}

/// Ends this process at once.
pub fn kill() -> ! {
    // SAFETY: it takes no pointers. Nobody can survive it.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    loop {
        std::thread::park();
    }
}

#[repr(C)]
struct Shim {
    file: sqlite3_file,
    watched: *mut Watched,
}

struct Watched {
    disk: Arc<Disk>,
    path: PathBuf,
    /// A log or journal that was made here: its first sync syncs the folder too.
    syncs_names: bool,
}

/// Without memory maps of the file, past which nothing would be seen.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe fn system(vfs: *mut sqlite3_vfs) -> *mut sqlite3_vfs {
    // SAFETY: SQLite gives the VFS that was registered, and that has the system's here.
    unsafe { (*vfs).pAppData.cast() }
}

unsafe fn path<'a>(name: *const c_char) -> &'a Path {
    // SAFETY: SQLite gives a path that ends with a zero and stays as long as the call.
    Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}

/// The system's file behind the shim, its methods, and what the shim knows.
unsafe fn parts<'a>(file: *mut sqlite3_file) -> (*mut sqlite3_file, &'a sqlite3_io_methods, &'a mut Watched) {
    // SAFETY: the methods are given to files alone that `open` has filled like this, and SQLite uses a file from one thread at a time until it closes
    // it.
    unsafe {
        let behind: *mut sqlite3_file = file.cast::<Shim>().add(1).cast();
        (behind, &*(*behind).pMethods, &mut *(*file.cast::<Shim>()).watched)
    }
}

macro_rules! unless {
    ($verdict:expr) => {
        if let Verdict::Fails(code) | Verdict::Half(code) = $verdict {
            return code;
        }
    };
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    told: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives `szOsFile` bytes for the file, and what it gives besides is handed on as it is.
    unsafe {
        let system = system(vfs);
        let opens = (*system).xOpen.expect(THERE);
        let disk = if name.is_null() { None } else { Disk::of(path(name)) };
        let Some(disk) = disk else { return opens(system, name, file, flags, told) };
        let path = path(name).to_path_buf();
        // Without methods there is nothing to be closed.
        (*file).pMethods = std::ptr::null();
        let creates = flags & ffi::SQLITE_OPEN_CREATE != 0 && !path.exists();
        unless!(disk.judge(Call::Open { creates }, &path));
        let behind: *mut sqlite3_file = file.cast::<Shim>().add(1).cast();
        let code = opens(system, name, behind, flags, told);
        if code != ffi::SQLITE_OK {
            if let Some(methods) = (*behind).pMethods.as_ref() {
                methods.xClose.expect(THERE)(behind);
            }
            return code;
        }
        if creates {
            disk.created(&path);
        }
        let logs = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
        let watched = Watched { disk, path, syncs_names: creates && flags & logs != 0 };
        (*file.cast::<Shim>()).watched = Box::into_raw(Box::new(watched));
        (*file).pMethods = &raw const METHODS;
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, names: c_int) -> c_int {
    // SAFETY: as in `open`.
    unsafe {
        if let Some(disk) = Disk::of(path(name)) {
            unless!(disk.delete(path(name), names != 0));
        }
        (*system(vfs)).xDelete.expect(THERE)(system(vfs), name, names)
    }
}

unsafe extern "C" fn access(vfs: *mut sqlite3_vfs, name: *const c_char, flags: c_int, told: *mut c_int) -> c_int {
    // SAFETY: as in `open`.
    unsafe {
        if let Some(disk) = Disk::of(path(name)) {
            unless!(disk.judge(Call::Access, path(name)));
        }
        (*system(vfs)).xAccess.expect(THERE)(system(vfs), name, flags, told)
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once, and does nothing with it after.
    unsafe {
        let (behind, methods, watched) = parts(file);
        let code = methods.xClose.expect(THERE)(behind);
        drop(Box::from_raw(watched));
        code
    }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, to: *mut c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: as in `parts`; the rest is handed on as it is.
    unsafe {
        let (behind, methods, watched) = parts(file);
        unless!(watched.disk.judge(Call::Read, &watched.path));
        methods.xRead.expect(THERE)(behind, to, length, at)
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: as in `read`; SQLite gives that many bytes.
    unsafe {
        let (behind, methods, watched) = parts(file);
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length as usize);
        let writes = methods.xWrite.expect(THERE);
        let grows = at + i64::from(length) > size(behind, methods);
        match watched.disk.write(&watched.path, at as u64, bytes, grows) {
            Verdict::Done => writes(behind, from, length, at),
            Verdict::Fails(code) => code,
            Verdict::Half(code) => {
                writes(behind, from, length / 2, at);
                code
            }
        }
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: i64) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, watched) = parts(file);
        unless!(watched.disk.truncate(&watched.path, length as u64, length > size(behind, methods)));
        methods.xTruncate.expect(THERE)(behind, length)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: as in `parts`.
    let (_, _, watched) = unsafe { parts(file) };
    unless!(watched.disk.sync(&watched.path, watched.syncs_names));
    watched.syncs_names = false;
    ffi::SQLITE_OK
}

unsafe fn size(behind: *mut sqlite3_file, methods: &sqlite3_io_methods) -> i64 {
    let mut size = 0;
    // SAFETY: the file is open, and the pointer is to a live integer.
    unsafe { methods.xFileSize.expect(THERE)(behind, &raw mut size) };
    size
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, told: *mut i64) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, watched) = parts(file);
        unless!(watched.disk.judge(Call::Size, &watched.path));
        methods.xFileSize.expect(THERE)(behind, told)
    }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, watched) = parts(file);
        unless!(watched.disk.judge(Call::Lock, &watched.path));
        methods.xLock.expect(THERE)(behind, level)
    }
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xUnlock.expect(THERE)(behind, level)
    }
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, told: *mut c_int) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xCheckReservedLock.expect(THERE)(behind, told)
    }
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, operation: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xFileControl.expect(THERE)(behind, operation, argument)
    }
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xSectorSize.expect(THERE)(behind)
    }
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xDeviceCharacteristics.expect(THERE)(behind)
    }
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    told: *mut *mut c_void,
) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, watched) = parts(file);
        let mut shm = watched.path.clone().into_os_string();
        shm.push("-shm");
        let end = (i64::from(region) + 1) * i64::from(size);
        let held = std::fs::metadata(&shm).map_or(0, |metadata| metadata.len() as i64);
        let grows = extend != 0 && held < end;
        unless!(watched.disk.judge(Call::Map { grows }, Path::new(&shm)));
        methods.xShmMap.expect(THERE)(behind, region, size, extend, told)
    }
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: as in `read`. What was locked can always be let go.
    unsafe {
        let (behind, methods, watched) = parts(file);
        if flags & ffi::SQLITE_SHM_UNLOCK == 0 {
            unless!(watched.disk.judge(Call::ShmLock, &watched.path));
        }
        methods.xShmLock.expect(THERE)(behind, offset, count, flags)
    }
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xShmBarrier.expect(THERE)(behind);
    }
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: as in `read`.
    unsafe {
        let (behind, methods, _) = parts(file);
        methods.xShmUnmap.expect(THERE)(behind, delete)
    }
}
