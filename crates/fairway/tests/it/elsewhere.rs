//! People traced by a service elsewhere: the national sandbox carries the messages, and another register answers them.

use std::io::{BufRead, BufReader, Cursor};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use fairway_mesh::{Content, Label, MeshMailbox, MeshSettings, Outgoing, Received};
use fairway_trace::format::{Format, Layout, RequestReader, ResponseWriter, respond};
use fairway_trace::{Mode, Parameters, Register, Tracer};
use serde_json::Value;

use crate::centre::{Centre, fairway, files};

const US: &str = "X26ABC1";
const SERVICE: &str = "X26ABC2";

/// The national sandbox, in a process of its own that ends with the test.
struct Sandbox {
    child: Child,
    url: String,
}

impl Sandbox {
    fn start(folder: &Path) -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"))).unwrap();
        let python = cache.join("fairway/mesh-venv/bin/python");
        assert!(python.exists(), "the MESH sandbox is not installed: run scripts/install.sh test");
        let mut child = Command::new(python)
            .args(["-m", "uvicorn", "mesh_sandbox.api:app", "--port", "0", "--no-access-log", "--no-use-colors"])
            .envs([("STORE_MODE", "memory"), ("SHARED_KEY", "TestKey"), ("AUTH_MODE", "full")])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let running = lines.find_map(|line| Some(line.split_once("running on ")?.1.split(' ').next()?.to_owned()));
        // Whatever it says later must be read by somebody, lest it wait.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: running.expect("the sandbox starts and says where") }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes the settings of a mailbox, and gives their file.
fn settings(folder: &Path, sandbox: &Sandbox, mailbox: &str) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    for (name, text) in [("password", "password\n"), ("shared-key", "TestKey\n")] {
        std::fs::write(folder.join(name), text).unwrap();
        std::fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o600)).unwrap();
    }
    let text = format!(
        "url: {}\nmailbox: {mailbox}\npasswordFile: password\nsharedKeyFile: shared-key\nchunkBytes: 4000\n",
        sandbox.url
    );
    std::fs::write(folder.join("mailbox.yaml"), text).unwrap();
    folder.join("mailbox.yaml")
}

/// A centre that traces elsewhere, the service's register, and the sandbox between them.
struct National {
    sandbox: Sandbox,
    centre: Centre,
}

const PEOPLE: [&str; 4] = ["--register-noise", "0.2", "--unknown-nhs-numbers", "0.3"];

impl National {
    fn new() -> Self {
        let centre = Centre::new();
        let sandbox = Sandbox::start(Path::new(&centre.path("")));
        centre.people("313", 90, &PEOPLE);
        fairway(&["register", "build", "--in", &centre.path("313"), "--out", &centre.path("national")]).ended(0);
        settings(&centre.data().join("mesh"), &sandbox, US);
        let plan = format!(
            "mesh:\n  mailbox: mesh/mailbox.yaml\n  to: {SERVICE}\n  workflow: SPINE_MPTPHASE4_TRACE\n  \
             responseWorkflow: SPINE_MPT_RESPONSE\n  layout: mpt\n"
        );
        std::fs::write(centre.data().join("tracing.yaml"), plan).unwrap();
        Self { sandbox, centre }
    }

    fn service(&self) -> MeshMailbox {
        let file = settings(Path::new(&self.centre.path("service")), &self.sandbox, SERVICE);
        MeshMailbox::new(MeshSettings::read(&file).unwrap()).unwrap()
    }

    fn run(&self, receipt: &Value) -> Value {
        self.centre.status(receipt)["trace_run"].clone()
    }

    /// Fetches the one request that waits.
    async fn fetch(&self) -> Received {
        let (mailbox, folder) = (self.service(), self.centre.path("service"));
        let mut waiting = mailbox.inbox().await.unwrap();
        assert_eq!(waiting.len(), 1, "a request is sent once, however often its sender was killed");
        let received = mailbox.receive(&waiting.remove(0), Path::new(&folder)).await.unwrap();
        mailbox.acknowledge(&received).await.unwrap();
        received
    }

    /// Sends a response to a request.
    async fn send(&self, request: &Received, response: &[u8]) {
        let path = self.centre.path("service/response.csv");
        std::fs::write(&path, response).unwrap();
        let label = |text: &str| Label::parse(text).unwrap();
        let outgoing = Outgoing {
            to: label(US),
            workflow: label("SPINE_MPT_RESPONSE"),
            file_name: label("response.csv"),
            local_id: label(&request.local_id),
            subject: None,
        };
        let journal = self.centre.path(&format!("service/{}.json", request.local_id));
        self.service().send(Path::new(&path), &outgoing, Path::new(&journal)).await.unwrap();
    }

    /// What the national service does: it traces the request against its own register.
    fn traced(&self, request: &Received) -> Vec<u8> {
        let Content::File(path) = &request.content else { panic!("a request is a file") };
        let layout = Arc::new(Layout::of(Format::Mpt).unwrap());
        let file = Cursor::new(std::fs::read(path).unwrap());
        let requests = RequestReader::open(file, &layout, Some(&request.file_name)).unwrap();
        let responses = ResponseWriter::begin(Vec::new(), &layout, requests.envelope().clone()).unwrap();
        let register = Register::open(Path::new(&self.centre.path("national"))).unwrap();
        let tracer = Tracer::new(&register, Mode::Fairway, Parameters::default());
        respond(requests, responses, 1, |query| tracer.trace(query)).unwrap().0
    }

    /// Starts workers and kills them at different moments.
    fn kill_workers(&self, moments: &[u64]) {
        for moment in moments {
            let mut worker = self.centre.command(&["work", "--until-idle", "--quiet"]).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(*moment));
            let _ended_before = worker.kill();
            worker.wait().unwrap();
        }
    }
}

/// The return file of a centre, and what it keeps beside the vault.
fn returned(centre: &Centre, receipt: &Value) -> (String, Value) {
    let id = receipt["submission"].as_str().unwrap();
    let file = centre.data().join(format!("outbox/313/trace-{id}/trace-return.csv"));
    let codes = "SELECT \"Der_DBS_Check_Status\" AS code, count(*) AS n FROM asc_cld GROUP BY 1 ORDER BY 1";
    let kept = centre.run(&["query", codes, "--format", "json"]).ended(0).json();
    (std::fs::read_to_string(file).unwrap(), kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_traced_elsewhere_have_the_answers_that_they_have_here_whenever_workers_are_killed() {
    let national = National::new();
    let centre = &national.centre;
    let receipt = centre.land_and_accept(&centre.path("313/submission.csv"), "313");
    national.kill_workers(&[150, 250, 350, 450, 550, 650]);
    centre.work();
    let sent = national.run(&receipt);
    assert_eq!((&sent["state"], &sent["traced_by"]), (&"sent".into(), &"elsewhere".into()), "{sent}");
    assert_eq!(centre.status(&receipt)["state"], "loaded");
    assert!(files(&centre.data().join("tracing")).iter().all(|path| !path.ends_with("request.csv")), "it is not kept");

    let request = national.fetch().await;
    assert_eq!(Some(request.local_id.as_str()), sent["reference"].as_str());
    centre.work();
    assert_eq!(national.run(&receipt)["state"], "delivered");
    national.send(&request, &national.traced(&request)).await;
    national.kill_workers(&[120, 200, 280, 360, 440]);
    centre.work();
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
    assert_eq!(national.run(&receipt)["state"], "completed");
    let left: Vec<_> = files(&centre.data().join("tracing"));
    assert!(left.iter().all(|path| path.parent().unwrap().ends_with("journals")), "{left:?}");

    let here = Centre::with_people(90, &PEOPLE);
    let same = here.land_and_accept(&here.path("313/submission.csv"), "313");
    here.work();
    assert_eq!(returned(centre, &receipt), returned(&here, &same));
    centre.run(&["audit", "verify"]).ended(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_cannot_be_believed_is_refused_and_the_people_can_be_traced_anew() {
    let national = National::new();
    let centre = &national.centre;
    let receipt = centre.land_and_accept(&centre.path("313/submission.csv"), "313");
    let id = receipt["submission"].as_str().unwrap();
    centre.work();
    let request = national.fetch().await;
    let response = String::from_utf8(national.traced(&request)).unwrap();
    // One answer is about somebody whom nobody asked about.
    let reference = response.lines().nth(1).unwrap().split(',').next().unwrap();
    let other = response.replacen(&format!("\n{reference},"), "\n999999,", 1);
    national.send(&request, other.as_bytes()).await;
    let said = centre.run(&["work", "--until-idle"]).ended(20).out;
    assert!(said.contains("does not answer each request once"), "{said}");
    let refused = national.run(&receipt);
    assert_eq!((&refused["state"], &refused["waits_for_a_person"]), (&"refused".into(), &true.into()));
    assert!(!centre.data().join(format!("outbox/313/trace-{id}")).exists());
    centre.run(&["trace", "approve", id, "--by", "A. Okafor"]).ended(12);

    centre.run(&["trace", "reject", id, "--by", "A. Okafor"]).ended(0);
    centre.work();
    let again = national.fetch().await;
    assert_ne!(again.local_id, request.local_id);
    // The service says that it took nothing of the file.
    let layout = Arc::new(Layout::of(Format::Mpt).unwrap());
    let Content::File(path) = &again.content else { panic!("a request is a file") };
    let cut = std::fs::read_to_string(path).unwrap().lines().take(3).collect::<Vec<_>>().join("\r\n");
    let Err(fairway_trace::format::ReadError::Refused(defect)) = RequestReader::open(Cursor::new(cut), &layout, None)
    else {
        panic!("a file that was cut is refused")
    };
    let whole = RequestReader::open(Cursor::new(std::fs::read(path).unwrap()), &layout, None).unwrap();
    let refusal = ResponseWriter::refuse(Vec::new(), &layout, whole.envelope().clone(), &defect).unwrap();
    national.send(&again, &refusal).await;
    centre.run(&["work", "--until-idle"]).ended(20);
    let refused = national.run(&receipt);
    assert_eq!(refused["state"], "refused");
    assert!(refused["reason"].as_str().unwrap().contains("code 04"), "{refused}");
}

#[test]
fn a_mailbox_can_be_tried_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path());
    let ours = settings(&folder.path().join("us"), &sandbox, US).display().to_string();
    let theirs = settings(&folder.path().join("them"), &sandbox, SERVICE).display().to_string();
    let file = folder.path().join("letter.csv").display().to_string();
    std::fs::write(&file, "1,2,3\n".repeat(2_000)).unwrap();
    assert!(fairway(&["mesh", "handshake", "--mailbox", &ours]).ended(0).out.contains("knows the mailbox"));
    let send = ["mesh", "send", &file, "--to", SERVICE, "--workflow", "LETTER", "--reference", "letter-1"];
    let sent = fairway(&[&send[..], &["--mailbox", &ours, "--json"]].concat()).ended(0).json();
    let again = fairway(&[&send[..], &["--mailbox", &ours, "--json"]].concat()).ended(0).json();
    assert_eq!(sent, again, "a file is sent once");
    let message = sent["message"].as_str().unwrap();
    let state = |words: &str| fairway(&["mesh", "status", message, "--mailbox", &ours]).ended(0).out.contains(words);
    assert!(state("nobody has fetched it"));
    let into = folder.path().join("in").display().to_string();
    let collect = |workflow: &str| {
        fairway(&["mesh", "collect", "--workflow", workflow, "--into", &into, "--mailbox", &theirs]).ended(0).out
    };
    assert!(collect("OTHER").contains("No message"));
    assert!(collect("LETTER").contains(message));
    assert!(state("has fetched it"));
    let received = std::fs::read(format!("{into}/{message}.dat")).unwrap();
    assert_eq!(received, std::fs::read(&file).unwrap());
    assert!(fairway(&["mesh", "status", "--mailbox", &theirs]).ended(0).out.starts_with("0 messages"));
    let refused = fairway(&[
        "mesh",
        "send",
        &file,
        "--to",
        "9434765919",
        "--workflow",
        "LETTER",
        "--reference",
        "x",
        "--mailbox",
        &ours,
    ]);
    let said = refused.ended(12).err;
    assert!(!said.contains("9434765919"), "{said}");
    std::fs::write(folder.path().join("us/password"), "another\n").unwrap();
    fairway(&["mesh", "handshake", "--mailbox", &ours]).ended(12);
    fairway(&["mesh", "handshake", "--mailbox", "nowhere.yaml"]).ended(12);
}
