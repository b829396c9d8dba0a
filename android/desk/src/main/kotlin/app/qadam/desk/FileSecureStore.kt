package app.qadam.desk

import app.qadam.core.SecureStore
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.nio.file.attribute.PosixFilePermissions
import java.util.Properties

/** A file that its owner alone can read: the desk has no phone's keystore. */
class FileSecureStore(private val file: Path) : SecureStore {
    @Synchronized
    override fun get(name: String): String? = read().getProperty(name)

    @Synchronized
    override fun set(name: String, value: String) = write(read().apply { setProperty(name, value) })

    @Synchronized
    override fun remove(name: String) = write(read().apply { remove(name) })

    private fun read() = Properties().apply { if (Files.exists(file)) Files.newInputStream(file).use(::load) }

    /** Beside it first, so that what was there is there until the new one is whole. */
    private fun write(secrets: Properties) {
        Files.createDirectories(file.parent)
        val owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        val fresh = file.resolveSibling("${file.fileName}.new")
        Files.deleteIfExists(fresh)
        Files.createFile(fresh, owner)
        Files.newOutputStream(fresh).use { secrets.store(it, null) }
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE)
    }
}
