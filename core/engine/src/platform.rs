//! What the engine asks of the platform: clocks, its zone, chance, and a place for secrets. All of it can be replaced, so that a test or a
//! simulation decides what time it is.

use qadam_domain::time::Millis;

/// What a device's clocks show at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Wall clock, milliseconds since 1970-01-01T00:00Z. May be wrong by years.
    pub wall: Millis,
    /// Names the time since the device (or, where it can't be known, this process) started.
    pub boot: String,
    /// Milliseconds since then that count on while the device sleeps.
    pub mono: Millis,
}

pub trait Clock: Send + Sync + 'static {
    fn read(&self) -> Reading;
}

/// Where the phone is. The platform knows: it moves with its owner, and gets the laws of its zones with its updates.
pub trait Zone: Send + Sync + 'static {
    /// Minutes ahead of UTC, where the phone is now, at that instant. Called for each query, within transactions.
    fn offset(&self, at: Millis) -> i32;
}

/// A place of its own, for what runs on no phone.
impl<F: Fn(Millis) -> i32 + Send + Sync + 'static> Zone for F {
    fn offset(&self, at: Millis) -> i32 {
        self(at)
    }
}

pub trait Random: Send + Sync + 'static {
    fn fill(&self, bytes: &mut [u8]);
}

/// The platform's store for secrets: Android's Keystore, Apple's Keychain (this device only).
pub trait SecureStore: Send + Sync + 'static {
    /// `None` where nothing was stored under this name.
    ///
    /// # Errors
    /// [`SecureStoreError`]
    fn get(&self, name: &str) -> Result<Option<String>, SecureStoreError>;

    /// # Errors
    /// [`SecureStoreError`]
    fn set(&self, name: &str, value: &str) -> Result<(), SecureStoreError>;

    /// Nothing to remove is no error.
    ///
    /// # Errors
    /// [`SecureStoreError`]
    fn remove(&self, name: &str) -> Result<(), SecureStoreError>;
}

/// Why a secret can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecureStoreError {
    /// The phone has not been unlocked since it started. Nothing may be changed; later it works.
    #[error("the secure store is locked until the phone is unlocked")]
    Locked,
    /// There is no such store on this device, or it is out of order.
    #[error("there is no secure store")]
    Missing,
    /// The key was destroyed, for example since the screen lock changed. What it protected is gone.
    #[error("the secure store's key was invalidated")]
    Invalidated,
}

/// The network that the platform sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    Offline,
    /// Costs by volume: media are not fetched ahead, unless the person said so.
    Metered,
    Unmetered,
}

/// The operating system's clocks.
pub struct SystemClock {
    boot: String,
}

impl Default for SystemClock {
    fn default() -> Self {
        // Where the kernel does not tell, a name for this process is as good for what is compared: readings of one boot.
        let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        // It travels with every request: 64 bits tell the boots of one device apart.
        let told = told.and_then(|id| id.replace('-', "").get(..16).map(str::to_string));
        let boot = told.unwrap_or_else(|| {
            let mut bytes = [0; 8];
            SystemRandom.fill(&mut bytes);
            hex::encode(bytes)
        });
        Self { boot }
    }
}

impl Clock for SystemClock {
    fn read(&self) -> Reading {
        let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let wall = match wall {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        };
        Reading { wall, boot: self.boot.clone(), mono: sleepless_millis() }
    }
}

/// Milliseconds of a clock that counts on while the device sleeps: `CLOCK_BOOTTIME` on Linux and Android; on Apple's systems
/// `CLOCK_MONOTONIC` does so (clock_gettime(3) of each).
fn sleepless_millis() -> Millis {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: libc::clockid_t = libc::CLOCK_BOOTTIME;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec, which the call fills.
    #[allow(unsafe_code)]
    let result = unsafe { libc::clock_gettime(CLOCK, &raw mut time) };
    assert_eq!(result, 0, "these clocks exist on every supported system");
    #[allow(clippy::unnecessary_cast, reason = "the fields are narrower on 32-bit phones")]
    let millis = time.tv_sec as i64 * 1_000 + time.tv_nsec as i64 / 1_000_000;
    millis
}

/// The operating system's random numbers.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has random numbers");
    }
}
