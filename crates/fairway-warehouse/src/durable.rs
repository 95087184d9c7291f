use std::fmt;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};

const STORE: &str = "DurableFileSystem";

/// The local file system as an object store whose writes are on disk when they return.
///
/// `object_store::local::LocalFileSystem` 0.13 never calls `fsync`: a commit that was acknowledged can be gone, or be a
/// file of zero bytes, after a power cut. Here every write is synced in this order:
///
/// 1. folders that had to be made, each in its parent;
/// 2. the bytes, under a hidden name in the same folder;
/// 3. the name (a link that fails if the name is taken, or a rename);
/// 4. the folder that holds the name.
///
/// So a name never stands for bytes that are not there, and a caller who writes data files first and the commit after
/// has them on disk in that order. Parts of a large upload go through `LocalFileSystem` and are synced on completion,
/// before the data file can be named by any commit.
#[derive(Debug, Clone)]
pub(crate) struct DurableStore {
    inner: Arc<LocalFileSystem>,
}

impl DurableStore {
    /// A store whose root is the root of the file system.
    pub(crate) fn new() -> Self {
        Self { inner: Arc::new(LocalFileSystem::new()) }
    }

    async fn prepare(&self, location: &Path) -> Result<PathBuf> {
        let path = self.inner.path_to_filesystem(location)?;
        let folder = folder_of(&path);
        blocking(move || make_folders(&folder)).await?;
        Ok(path)
    }
}

impl fmt::Display for DurableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(STORE)
    }
}

#[async_trait]
impl ObjectStore for DurableStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let path = self.inner.path_to_filesystem(location)?;
        let name = location.to_string();
        blocking_result(move || put(&path, &payload, &opts.mode).map_err(|e| put_error(name, e))).await
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        let path = self.prepare(location).await?;
        let upload = self.inner.put_multipart_opts(location, opts).await?;
        Ok(Box::new(DurableUpload { upload, path }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .delete_stream(locations)
            .then(move |deleted| {
                let inner = Arc::clone(&inner);
                async move {
                    let location = deleted?;
                    let folder = folder_of(&inner.path_to_filesystem(&location)?);
                    blocking(move || sync_if_there(&folder)).await?;
                    Ok(location)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let target = self.prepare(to).await?;
        let source = self.inner.path_to_filesystem(from)?;
        blocking(move || sync_if_there(&source)).await?;
        self.inner.copy_opts(from, to, options).await?;
        blocking(move || sync_folder(&folder_of(&target))).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        let target = self.prepare(to).await?;
        let source = self.inner.path_to_filesystem(from)?;
        let bytes = source.clone();
        blocking(move || sync_if_there(&bytes)).await?;
        self.inner.rename_opts(from, to, options).await?;
        blocking(move || {
            sync_folder(&folder_of(&target))?;
            sync_if_there(&folder_of(&source))
        })
        .await
    }
}

#[derive(Debug)]
struct DurableUpload {
    upload: Box<dyn MultipartUpload>,
    path: PathBuf,
}

#[async_trait]
impl MultipartUpload for DurableUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.upload.put_part(data)
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let result = self.upload.complete().await?;
        let path = self.path.clone();
        blocking(move || {
            File::open(&path)?.sync_all()?;
            sync_folder(&folder_of(&path))
        })
        .await?;
        Ok(result)
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}

fn put(path: &FsPath, payload: &PutPayload, mode: &PutMode) -> io::Result<PutResult> {
    let folder = folder_of(path);
    make_folders(&folder)?;
    // The mode of any file made here: what the process's umask leaves of rw-rw-rw-.
    let mut file =
        tempfile::Builder::new().prefix(".part-").permissions(Permissions::from_mode(0o666)).tempfile_in(&folder)?;
    payload.iter().try_for_each(|chunk| file.write_all(chunk))?;
    file.as_file().sync_all()?;
    match mode {
        PutMode::Overwrite => file.persist(path)?,
        PutMode::Create => file.persist_noclobber(path)?,
        PutMode::Update(_) => return Err(io::ErrorKind::Unsupported.into()),
    };
    sync_folder(&folder)?;
    Ok(PutResult { e_tag: None, version: None })
}

fn put_error(path: String, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::AlreadyExists => Error::AlreadyExists { path, source: source.into() },
        io::ErrorKind::Unsupported => {
            Error::NotImplemented { operation: "`put_opts` with an update".into(), implementer: STORE.into() }
        }
        _ => generic(source),
    }
}

fn generic(source: io::Error) -> Error {
    Error::Generic { store: STORE, source: source.into() }
}

fn folder_of(path: &FsPath) -> PathBuf {
    path.parent().unwrap_or(FsPath::new("/")).to_path_buf()
}

/// Makes a folder and those above it, and syncs each new name in the folder that holds it.
pub(crate) fn make_folders(folder: &FsPath) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    make_folders(&above)?;
    match std::fs::create_dir(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e),
    }
    sync_folder(&above)
}

/// Syncs the names a folder holds.
pub(crate) fn sync_folder(folder: &FsPath) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn sync_if_there(path: &FsPath) -> io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_all(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<()> {
    blocking_result(move || work().map_err(generic)).await
}

async fn blocking_result<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await?
}
