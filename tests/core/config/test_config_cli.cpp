// SPDX-License-Identifier: MIT
// The `config` commands and the error handling of `switchyard`, as a person or a script meets them.
#include <sched.h>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>

using nlohmann::json;

namespace {

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

Outcome run(const QStringList& arguments) {
    QProcess process;
    process.start(SWITCHYARD_BIN_DIR "/switchyard", arguments);
    Outcome outcome;
    if (!process.waitForFinished(10000) || process.exitStatus() != QProcess::NormalExit) return outcome;
    outcome.code = process.exitCode();
    outcome.out = process.readAllStandardOutput().toStdString();
    outcome.err = process.readAllStandardError().toStdString();
    return outcome;
}

/// Whether the dynamic linker maps LibTorch for these arguments: its own log of the files it opened says so.
bool mapsLibTorch(const QStringList& arguments) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("LD_DEBUG", "files");
    process.setProcessEnvironment(environment);
    process.start(SWITCHYARD_BIN_DIR "/switchyard", arguments);
    if (!process.waitForFinished(10000)) return true;
    const QByteArray log = process.readAllStandardError();
    return !log.contains("calling init: /lib") || log.contains("libtorch_cpu.so");
}

}  // namespace

class TestConfigCli : public QObject {
    Q_OBJECT
    QTemporaryDir dir_;
    QString file(const char* name, const char* text) {
        const QString path = dir_.filePath(name);
        std::ofstream(path.toStdString()) << text;
        return path;
    }
private Q_SLOTS:
    void checkTellsEverything() {
        const QString bad = file("bad.yaml", "optim: {lr: x}\nmodle: {}\nmodel: {text: {dim: 65}}\n");
        const std::string name = bad.toStdString();
        Outcome o = run({"config", "check", bad});
        QCOMPARE(o.code, 78);
        QCOMPARE(o.out, std::string());
        QCOMPARE(o.err,
                 name + ":1: optim.lr must be a finite number, not \"x\"\n" + name +
                     ":2: There is no key modle. Did you mean model?\n" + name +
                     ":3: A width of 65 does not divide over 2 heads. Use 64 or 66, or change model.text.heads\n");
        // LibTorch's start alone takes 300 ms of the processor; a command that does not compute does without it.
        QVERIFY(!mapsLibTorch({"config", "check", bad}));
        QVERIFY(mapsLibTorch({"doctor"}));  // asks it what the machine offers
        o = run({"config", "check", bad, "--json"});
        QCOMPARE(o.code, 78);
        const json result = json::parse(o.out);
        QCOMPARE(result["ok"].get<bool>(), false);
        QCOMPARE(result["problems"].size(), std::size_t{3});
        QVERIFY(result["problems"][2]["suggestions"] == json::array({"64", "66"}));
        QCOMPARE(run({"config", "check", file("good.yaml", "run: {seed: 1}\n")}).code, 0);
    }

    // Slurm and containers leave a process some of the cores; more threads than those wait for each other.
    void coresAreThoseAProcessMayUse() {
        QProcess process;
        process.setChildProcessModifier([] {
            cpu_set_t usable, first;
            sched_getaffinity(0, sizeof usable, &usable);
            CPU_ZERO(&first);
            int core = 0;
            while (core < CPU_SETSIZE && !CPU_ISSET(core, &usable)) ++core;
            CPU_SET(core, &first);
            sched_setaffinity(0, sizeof first, &first);
        });
        process.start(SWITCHYARD_BIN_DIR "/switchyard", {"doctor", "--json"});
        QVERIFY(process.waitForFinished(20000));
        const json first = json::parse(process.readAllStandardOutput().toStdString())["findings"][0];
        QCOMPARE(first["name"].get<std::string>(), std::string("cores"));
        QCOMPARE(first["value"].get<std::string>(), std::string("1"));
    }

    void showResolves() {
        const QString good = file("good.yaml", "model: {text: {dim: 32}}\n");
        Outcome o =
            run({"config", "show", good, "--set", "run.tags=[a, b]", "--set", "model.embed_dim=${model.text.dim}"});
        QCOMPARE(o.code, 0);
        QVERIFY(o.out.find("\n  tags: [a, b]\n") != std::string::npos);
        QVERIFY(o.out.find("\n  embed_dim: 32\n") != std::string::npos);
        o = run({"config", "show", good, "--json"});
        QCOMPARE(json::parse(o.out)["model.text.dim"].get<int>(), 32);
    }

    void diffLists() {
        const QString a = file("a.yaml", "optim: {lr: 0.1}\n");
        const QString b = file("b.yaml", "optim: {lr: 0.2}\nrun: {tags: [x]}\n");
        Outcome o = run({"config", "diff", a, b});
        QCOMPARE(o.code, 0);
        QCOMPARE(o.out, std::string("run.tags: [] -> [x]\noptim.lr: 0.1 -> 0.2\n"));
        o = run({"config", "diff", a, b, "--json"});
        QCOMPARE(json::parse(o.out)[1]["b"].get<double>(), 0.2);
        QCOMPARE(run({"config", "diff", a, a}).out, std::string());
    }

    void schemaAndDocs() {
        QVERIFY(json::parse(run({"config", "schema"}).out).contains("properties"));
        QVERIFY(run({"config", "docs"}).out.find("`model.moe.experts`") != std::string::npos);
    }

    void errors() {
        Outcome o = run({"config", "check", dir_.filePath("none.yaml"), "--json"});
        QCOMPARE(o.code, 78);
        QCOMPARE(json::parse(o.out)["error"]["name"].get<std::string>(), std::string("bad_config"));
        QCOMPARE(std::count(o.err.begin(), o.err.end(), '\n'), 1L);
        for (const QStringList& wrong : {QStringList{},
                                         {"frobnicate"},
                                         {"config"},
                                         {"config", "check"},
                                         {"config", "check", "x", "--set", "y"},
                                         {"config", "show", "--nothing"}}) {
            o = run(wrong);
            QCOMPARE(o.code, 2);
            QCOMPARE(o.out, std::string());
            QCOMPARE(std::count(o.err.begin(), o.err.end(), '\n'), 1L);
        }
        QVERIFY2(run({"cofnig"}).err.find("Did you mean config?") != std::string::npos, run({"cofnig"}).err.c_str());
        QCOMPARE(run({"--version"}).out, std::string("switchyard " SWITCHYARD_VERSION "\n"));
    }

    void everyCommandHasAnExample() {
        for (const char* command : {"show", "check", "diff", "schema", "docs"}) {
            const Outcome o = run({"config", command, "--help"});
            QCOMPARE(o.code, 0);
            QVERIFY2(o.out.find("Example:\n  switchyard config ") != std::string::npos, command);
        }
    }
};

QTEST_GUILESS_MAIN(TestConfigCli)
#include "test_config_cli.moc"
