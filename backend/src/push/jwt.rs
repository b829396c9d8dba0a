//! Signed tokens (RFC 7515, RFC 7519), by ring, which TLS brings along: nothing else is needed to sign two headers and two sets of claims.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

/// A key that signs.
pub enum Key {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256(RsaKeyPair),
    /// ECDSA on P-256 with SHA-256.
    Es256(EcdsaKeyPair),
}

impl Key {
    /// Of a PEM file with a key in PKCS #8.
    ///
    /// # Errors
    /// What is wrong, without anything of the key.
    pub fn rs256(pem: &str) -> Result<Self, String> {
        RsaKeyPair::from_pkcs8(der(pem)?.secret_pkcs8_der()).map(Self::Rs256).map_err(|e| format!("no RSA key: {e}"))
    }

    /// As [`Key::rs256`].
    ///
    /// # Errors
    /// As [`Key::rs256`].
    pub fn es256(pem: &str) -> Result<Self, String> {
        let der = der(pem)?;
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der(), &SystemRandom::new());
        key.map(Self::Es256).map_err(|e| format!("no key of P-256: {e}"))
    }

    /// The compact form of a token with these claims, naming the key by its id.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub fn sign(&self, key_id: &str, claims: &Value) -> Result<String, String> {
        let alg = match self {
            Self::Rs256(_) => "RS256",
            Self::Es256(_) => "ES256",
        };
        let header = json!({ "alg": alg, "kid": key_id, "typ": "JWT" });
        let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        let told = format!("{}.{}", part(&header), part(claims));
        let signature = match self {
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), told.as_bytes(), &mut signature).map(|()| signature)
            }
            Self::Es256(key) => key.sign(&SystemRandom::new(), told.as_bytes()).map(|made| made.as_ref().to_vec()),
        };
        let signature = signature.map_err(|_| "the key does not sign".to_string())?;
        Ok(format!("{told}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn der(pem: &str) -> Result<PrivatePkcs8KeyDer<'static>, String> {
    PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| "no PEM file with a PRIVATE KEY".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, KeyPair, UnparsedPublicKey};

    /// A key as Apple writes it (RFC 5915): with the curve's name within the key, which others leave out.
    fn of_apple(der: &[u8]) -> Vec<u8> {
        // SEQUENCE { 0, { ecPublicKey, prime256v1 }, OCTET STRING { SEQUENCE { 1, private key, [1] public key } } }; the lengths are known.
        let (algorithm, curve, inner) = (&der[3..27], &der[17..27], &der[31..]);
        let mut key = inner[..37].to_vec();
        key.extend([0xa0, 10]);
        key.extend(curve);
        key.extend(&inner[37..]);
        let mut sequence = algorithm.to_vec();
        sequence.extend([0x04, (key.len() + 2) as u8, 0x30, key.len() as u8]);
        sequence.extend(key);
        [&[0x30, 0x81, sequence.len() as u8], &sequence[..]].concat()
    }

    fn pem(der: &[u8]) -> String {
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            base64::prelude::BASE64_STANDARD.encode(der)
        )
    }

    #[test]
    fn what_is_signed_can_be_verified() {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
        let key = Key::es256(&pem(document.as_ref())).expect("a key");
        let token = key.sign("ABC123DEFG", &json!({ "iss": "TEAM123456", "iat": 1 })).expect("signs");
        let (told, signature) = token.rsplit_once('.').expect("three parts");
        let Key::Es256(pair) = &key else { unreachable!("as it was made") };
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("Base64");
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
        public.verify(told.as_bytes(), &signature).expect("is right");
        let header = BASE64_URL_SAFE_NO_PAD.decode(told.split('.').next().expect("a header")).expect("Base64");
        assert_eq!(header, br#"{"alg":"ES256","kid":"ABC123DEFG","typ":"JWT"}"#);
    }

    #[test]
    fn a_key_with_the_name_of_its_curve_is_read() {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
        let of_apple = of_apple(document.as_ref());
        // As long as Apple's.
        assert_eq!(of_apple.len(), 150);
        assert_eq!(Key::es256(&pem(&of_apple)).err(), None);
    }

    #[test]
    fn what_is_no_key_is_told_without_its_content() {
        for wrong in ["", "secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"] {
            for error in [Key::rs256(wrong).err(), Key::es256(wrong).err()] {
                let error = error.expect("is none");
                assert!(!error.contains("secret") && !error.contains("c2VjcmV0"), "{error}");
            }
        }
    }
}
