use axum::http::StatusCode;
use qadam_domain::ids::BlobHash;
use qadam_protocol::codec;
use qadam_protocol::error::ErrorCode;
use qadam_protocol::limits;
use qadam_protocol::sync::SyncReply;
use serde_json::json;

use crate::support::{NOW, Reply, Site, mutation, put, request};

const JSON: (&str, &str) = ("content-type", "application/json");
const ZSTD: (&str, &str) = ("content-encoding", "zstd");

async fn sync(site: &Site, token: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
    site.call("POST", "/v1/sync", Some(token), headers, body).await
}

#[tokio::test]
async fn every_endpoint_of_an_account_needs_its_token() {
    let site = Site::new().await;
    let blob = format!("/v1/blobs/{}.json", site.release);
    let paths = [
        ("POST", "/v1/sync"),
        ("GET", "/v1/changes"),
        ("GET", "/v1/session"),
        ("GET", "/v1/devices"),
        ("DELETE", "/v1/devices/0123456789abcdef"),
        ("POST", "/v1/sign-out"),
        ("POST", "/v1/fork"),
        ("GET", &blob),
        ("HEAD", &blob),
    ];
    for (method, path) in paths {
        for authorization in
            ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", &format!("Bearer {}", "x".repeat(10_000))]
        {
            let reply = site.call(method, path, None, &[("authorization", authorization), JSON], b"{}".to_vec()).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} {authorization}");
            if method != "HEAD" {
                assert_eq!(reply.error().code, ErrorCode::Unauthorized);
            }
        }
    }
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be_get_their_own_error() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let token = phone.token.0.as_str();
    let good = serde_json::to_vec(&request(Vec::new(), None)).expect("JSON");
    let code = async |headers: &[(&str, &str)], body: Vec<u8>| sync(&site, token, headers, body).await.error().code;
    assert_eq!(code(&[], good.clone()).await, ErrorCode::UnsupportedMediaType);
    assert_eq!(code(&[("content-type", "text/plain")], good.clone()).await, ErrorCode::UnsupportedMediaType);
    assert_eq!(code(&[JSON, ("content-encoding", "gzip")], good.clone()).await, ErrorCode::UnsupportedMediaType);
    assert_eq!(code(&[JSON], b"{".to_vec()).await, ErrorCode::BadRequest);
    assert_eq!(code(&[JSON], b"{}".to_vec()).await, ErrorCode::BadRequest);
    assert_eq!(code(&[JSON, ZSTD], good.clone()).await, ErrorCode::BadRequest);
    assert_eq!(code(&[JSON], "[".repeat(100_000).into_bytes()).await, ErrorCode::BadRequest);
    assert_eq!(code(&[JSON], vec![b' '; limits::BODY_PACKED + 1]).await, ErrorCode::TooLarge);
    assert_eq!(
        code(&[JSON, ("content-length", "99999999999")], good.clone()).await,
        ErrorCode::TooLarge,
        "before it is read"
    );
    let bomb = codec::pack(&" ".repeat(limits::BODY + 1), true);
    assert!(bomb.zstd && bomb.bytes.len() < 10_000);
    assert_eq!(code(&[JSON, ZSTD], bomb.bytes).await, ErrorCode::TooLarge);
    let fine = [&[("content-type", "Application/JSON; charset=utf-8")][..], &[JSON, ("content-encoding", "identity")]];
    for headers in fine {
        assert_eq!(sync(&site, token, headers, good.clone()).await.status, StatusCode::OK);
    }
    for path in ["/v1/sign-in", "/v1/password"] {
        assert_eq!(site.post(path, None, &json!({"login": 1})).await.error().code, ErrorCode::BadRequest);
    }
    assert_eq!(site.get("/v2/sync", None, &[]).await.error().code, ErrorCode::NotFound);
    assert_eq!(site.get("/v1/sync", Some(token), &[]).await.error().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn an_error_tells_nothing_of_what_was_sent() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let body = br#"{"protocol":1,"now":"my secret"}"#.to_vec();
    let reply = sync(&site, &phone.token.0, &[JSON], body).await;
    assert!(!String::from_utf8_lossy(&reply.bytes).contains("secret"), "{}", String::from_utf8_lossy(&reply.bytes));
}

#[tokio::test]
async fn an_app_of_another_protocol_is_told_so_even_if_its_body_is_strange() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    for protocol in [0, 2, 65_535] {
        let strange = json!({"protocol": protocol, "clocks": []});
        let error = site.post("/v1/sync", Some(&phone.token.0), &strange).await.error();
        assert_eq!((error.code, error.expected), (ErrorCode::ProtocolUnsupported, Some(1)));
    }
    let strange = json!({"protocol": 1, "clocks": []});
    assert_eq!(site.post("/v1/sync", Some(&phone.token.0), &strange).await.error().code, ErrorCode::BadRequest);
}

#[tokio::test]
async fn bodies_travel_packed_both_ways_where_that_is_asked_for() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let note = "a note ".repeat(500);
    let sent = codec::pack(&request(vec![mutation(1, 1, &put("c1", NOW, &[("note", &note)]))], None), true);
    assert!(sent.zstd);
    let packed = sync(&site, &phone.token.0, &[JSON, ZSTD, ("accept-encoding", "gzip, zstd")], sent.bytes).await;
    assert_eq!((packed.status, packed.header("content-encoding")), (StatusCode::OK, Some("zstd")));
    let reply: SyncReply = codec::unpack(&packed.bytes, true, limits::REPLY).expect("unpacks");
    assert_eq!(reply.streams["me"].rows.len(), 2);
    let plain = site.post("/v1/sync", Some(&phone.token.0), &request(Vec::new(), None)).await;
    assert_eq!(plain.header("content-encoding"), None);
    let reply: SyncReply = plain.json();
    assert_eq!(reply.streams["me"].rows.len(), 2);
}

#[tokio::test]
async fn blobs_come_whole_and_by_ranges() {
    let site = Site::new().await;
    let phone = site.join("aigul").await;
    let token = Some(phone.token.0.as_str());
    let path = format!("/v1/blobs/{}.json", site.release);
    let whole = site.get(&path, token, &[]).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, Some("application/json")));
    assert_eq!(BlobHash::of(&whole.bytes).as_str(), site.release.as_str());
    assert!(whole.header("cache-control").is_some_and(|value| value.contains("immutable")));
    let (size, etag) = (whole.bytes.len(), whole.header("etag").expect("one"));
    assert_eq!(whole.header("content-length"), Some(size.to_string().as_str()));

    let part = site.get(&path, token, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status, &part.bytes[..]), (StatusCode::PARTIAL_CONTENT, &whole.bytes[10..20]));
    assert_eq!(part.header("content-range"), Some(format!("bytes 10-19/{size}").as_str()));
    let rest = site.get(&path, token, &[("range", "bytes=20-"), ("if-range", etag)]).await;
    assert_eq!((rest.status, &rest.bytes[..]), (StatusCode::PARTIAL_CONTENT, &whole.bytes[20..]));
    let changed = site.get(&path, token, &[("range", "bytes=20-"), ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status, &changed.bytes), (StatusCode::OK, &whole.bytes));
    let beyond = site.get(&path, token, &[("range", &format!("bytes={size}-"))]).await;
    assert_eq!(beyond.header("content-range"), Some(format!("bytes */{size}").as_str()));
    assert_eq!(beyond.error().code, ErrorCode::RangeNotSatisfiable);
    let known = site.get(&path, token, &[("if-none-match", etag)]).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    let head = site.call("HEAD", &path, token, &[], Vec::new()).await;
    assert_eq!(
        (head.status, head.bytes.len(), head.header("content-length")),
        (StatusCode::OK, 0, Some(size.to_string().as_str()))
    );

    let png = site.get(&path.replace(".json", ".png"), token, &[]).await;
    assert_eq!(png.header("content-type"), Some("image/png"));
    let nothing = "0".repeat(64);
    for name in [
        &format!("{nothing}.json"),
        site.release.as_str(),
        "..%2Fqadam.db",
        "%2e%2e.json",
        "x.json",
        &format!("{}.", site.release),
    ] {
        let reply = site.get(&format!("/v1/blobs/{name}"), token, &[]).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    let site = Site::new().await;
    assert_eq!(site.get("/healthz", None, &[]).await.status, StatusCode::OK);
    assert_eq!(site.get("/readyz", None, &[]).await.status, StatusCode::OK);
    std::fs::remove_dir_all(site.place.folder.path().join("blobs")).expect("removes");
    assert_eq!(site.get("/readyz", None, &[]).await.error().code, ErrorCode::Busy);
    assert_eq!(site.get("/healthz", None, &[]).await.status, StatusCode::OK);
}
