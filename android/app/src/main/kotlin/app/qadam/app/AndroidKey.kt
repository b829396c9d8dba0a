package app.qadam.app

import android.content.Context
import android.os.UserManager
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import app.qadam.core.SecureStoreException
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.InvalidKeyException
import java.security.KeyStore
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** The key in Android's keystore: it does not leave this device, and is there once the phone was unlocked since its start. */
class AndroidKey(context: Context) : StoreKey {
    private val users = context.service<UserManager>()

    override fun get(): SecretKey? = keystore { KeyStore.getInstance(PROVIDER).apply { load(null) }.getKey(ALIAS, null) as SecretKey? }

    override fun create(): SecretKey = keystore {
        val spec = KeyGenParameterSpec.Builder(ALIAS, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build()
        KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).apply { init(spec) }.generateKey()
    }

    private inline fun <T> keystore(work: () -> T): T {
        if (!users.isUserUnlocked) throw SecureStoreException.Locked()
        return try {
            work()
        } catch (_: UnrecoverableKeyException) {
            throw SecureStoreException.Invalidated()
        } catch (_: GeneralSecurityException) {
            throw SecureStoreException.Missing()
        } catch (_: IOException) {
            throw SecureStoreException.Missing()
        } catch (_: ProviderException) {
            // What a manufacturer's keystore throws when it is out of order.
            throw SecureStoreException.Missing()
        }
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val ALIAS = "qadam"
    }
}

/** Whether a key that can't be used is gone for good. */
internal fun meaning(problem: InvalidKeyException): SecureStoreException =
    when {
        problem is KeyPermanentlyInvalidatedException || problem.cause is UnrecoverableKeyException -> SecureStoreException.Invalidated()
        else -> SecureStoreException.Missing()
    }
