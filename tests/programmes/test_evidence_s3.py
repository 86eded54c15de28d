"""The same way of a file where its bytes lie in a bucket: a server of this machine that speaks S3."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from moto.server import ThreadedMotoServer

from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, EvidenceFile
from tests.factories import programmes as f
from tests.uploads import samples
from tests.worlds import World
from uploads.models import FileState
from uploads.receiving import receive_upload
from uploads.storage import private_storage
from uploads.sweeping import sweep

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_address: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A new bucket, and the fields of the model on it."""
    settings.EVIDENCE_STORAGE = "s3"
    settings.EVIDENCE_S3 = {
        "bucket_name": "evidence",
        "access_key": "sample",
        "secret_key": "sample",
        "region_name": "eu-central-1",
        "endpoint_url": s3_address,
        "addressing_style": "path",
    }
    for name in ("file", "thumbnail"):
        monkeypatch.setattr(EvidenceFile._meta.get_field(name), "storage", private_storage())
    s3 = boto3.resource(
        "s3",
        endpoint_url=s3_address,
        region_name="eu-central-1",
        aws_access_key_id="sample",
        aws_secret_access_key="sample",
    )
    made = s3.create_bucket(
        Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    yield made
    made.objects.all().delete()
    made.delete()


def attach(world: World, *files: tuple[str, bytes]) -> list[EvidenceFile]:
    entry: ActivityEntry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    uploads = [receive_upload(SimpleUploadedFile(name, content)) for name, content in files]
    return actions.attach_evidence(entry=entry, uploads=uploads, is_shared=True, by=world.ours.learner)


def keys_of(bucket: Any) -> set[str]:
    return {item.key for item in bucket.objects.all()}


def test_file_goes_the_whole_way(
    world: World,
    bucket: Any,
    client_of: Callable[[User | None], Client],
    django_capture_on_commit_callbacks: Any,
) -> None:
    document = samples.pdf()  # each one has another id inside
    picture, pdf, bad = attach(
        world,
        ("a.png", samples.picture("PNG")),
        ("a.pdf", document),
        ("bad.pdf", samples.pdf_with_attachment()),
    )
    assert keys_of(bucket) == {picture.file.name, pdf.file.name, bad.file.name}
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.check_evidence() == 3
    for row in (picture, pdf, bad):
        row.refresh_from_db()
    assert [row.status for row in (picture, pdf, bad)] == [
        FileState.CLEAN,
        FileState.CLEAN,
        FileState.REJECTED,
    ]
    assert keys_of(bucket) == {picture.file.name, picture.thumbnail.name, pdf.file.name}
    learner = client_of(world.ours.learner)
    response = learner.get(f"/evidence/{pdf.pk}/")
    assert b"".join(response.streaming_content) == document
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    response = learner.get(f"/evidence/{picture.pk}/thumbnail/")
    assert b"".join(response.streaming_content).startswith(b"RIFF")
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_evidence(evidence=picture, by=world.ours.learner)
    assert keys_of(bucket) == {pdf.file.name}


def test_bucket_is_private_and_its_files_have_no_address(world: World, bucket: Any) -> None:
    (row,) = attach(world, ("a.txt", b"text"))
    with pytest.raises(ValueError, match="not accessible via a URL"):
        row.file.url  # noqa: B018
    grants = bucket.Object(row.file.name).Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


def test_web_server_is_not_asked_for_what_lies_elsewhere(
    world: World, bucket: Any, client_of: Callable[[User | None], Client], settings: Any
) -> None:
    settings.PRIVATE_FILES_ACCEL = "/private/"
    (row,) = attach(world, ("a.txt", b"text"))
    actions.check_evidence()
    response = client_of(world.ours.learner).get(f"/evidence/{row.pk}/")
    assert (b"".join(response.streaming_content), "X-Accel-Redirect" in response) == (b"text", False)


def test_missing_bytes_are_told_and_found_by_the_sweeper(
    world: World, bucket: Any, client_of: Callable[[User | None], Client]
) -> None:
    (row,) = attach(world, ("a.txt", b"text"))
    actions.check_evidence()
    bucket.put_object(Key="ab/ab" + "0" * 30 + ".jpg", Body=b"young orphan")
    assert (sweep().deleted, sweep().missing) == (0, ())
    bucket.Object(row.file.name).delete()
    assert sweep().missing == (f"programmes.evidencefile file {row.pk}",)
    response = client_of(world.ours.learner).get(f"/evidence/{row.pk}/", follow=True)
    assert "is missing from where files are kept" in response.text
