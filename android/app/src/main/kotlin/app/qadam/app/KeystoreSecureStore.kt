package app.qadam.app

import android.util.AtomicFile
import android.util.Base64
import app.qadam.core.SecureStore
import app.qadam.core.SecureStoreException
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.InvalidKeyException
import java.security.ProviderException
import java.util.Properties
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Where the key comes from that a store encrypts with. Throws a [SecureStoreException]. */
interface StoreKey {
    /** Null where there is none. */
    fun get(): SecretKey?

    /** A new one; what an older one encrypted is lost. */
    fun create(): SecretKey
}

/** Secrets in a file, each encrypted (AES-GCM) with a key that does not leave the keystore, and bound to its name. */
class KeystoreSecureStore(file: File, private val key: StoreKey) : SecureStore {
    /** What was there is there until the new one is whole. */
    private val file = AtomicFile(file)

    @Synchronized
    override fun get(name: String): String? {
        // First, so that a locked phone is never taken for one without secrets.
        val key = key.get()
        val stored = read().getProperty(name) ?: return null
        return decrypt(key ?: throw SecureStoreException.Invalidated(), name, stored)
    }

    @Synchronized
    override fun set(name: String, value: String) {
        var secrets = readable()
        val encrypted = try {
            key.get()?.let { encrypt(it, name, value) }
        } catch (_: SecureStoreException.Invalidated) {
            null
        } ?: encrypt(key.create(), name, value).also { secrets = Properties() }
        secrets.setProperty(name, encrypted)
        write(secrets)
    }

    @Synchronized
    override fun remove(name: String) {
        val secrets = readable()
        if (secrets.remove(name) != null) write(secrets)
    }

    private fun read() = Properties().apply {
        try {
            load(ByteArrayInputStream(file.readFully()))
        } catch (_: FileNotFoundException) {
            // Nothing was written yet.
        } catch (_: IOException) {
            throw SecureStoreException.Missing()
        } catch (_: IllegalArgumentException) {
            throw SecureStoreException.Invalidated()
        }
    }

    /** What can't be read any more is written over. */
    private fun readable(): Properties = try {
        read()
    } catch (_: SecureStoreException.Invalidated) {
        Properties()
    }

    private fun write(secrets: Properties) {
        val bytes = ByteArrayOutputStream().also { secrets.store(it, null) }.toByteArray()
        try {
            val stream = file.startWrite()
            try {
                stream.write(bytes)
                file.finishWrite(stream)
            } catch (problem: IOException) {
                file.failWrite(stream)
                throw problem
            }
        } catch (_: IOException) {
            throw SecureStoreException.Missing()
        }
    }

    private fun encrypt(key: SecretKey, name: String, value: String): String = crypto {
        val cipher = Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.ENCRYPT_MODE, key) }
        cipher.updateAAD(name.toByteArray())
        Base64.encodeToString(cipher.iv + cipher.doFinal(value.toByteArray()), Base64.NO_WRAP)
    }

    private fun decrypt(key: SecretKey, name: String, stored: String): String = crypto {
        val bytes = Base64.decode(stored, Base64.NO_WRAP)
        if (bytes.size <= NONCE) throw SecureStoreException.Invalidated()
        val cipher = Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, bytes, 0, NONCE)) }
        cipher.updateAAD(name.toByteArray())
        String(cipher.doFinal(bytes, NONCE, bytes.size - NONCE))
    }

    private inline fun crypto(work: () -> String): String = try {
        work()
    } catch (problem: InvalidKeyException) {
        throw meaning(problem)
    } catch (_: ProviderException) {
        throw SecureStoreException.Missing()
    } catch (_: GeneralSecurityException) {
        throw SecureStoreException.Invalidated()
    } catch (_: IllegalArgumentException) {
        throw SecureStoreException.Invalidated()
    }

    private companion object {
        const val TRANSFORMATION = "AES/GCM/NoPadding"

        /** Bytes; the keystore chooses it. */
        const val NONCE = 12
        const val TAG_BITS = 128
    }
}
