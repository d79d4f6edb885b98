// SPDX-License-Identifier: MIT
// Completion in real shells, typed into in a terminal, and the pages of man: both come from the one definition of the
// command line.
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "support/program.h"
#include "support/terminal.h"

using namespace switchyard::test;

namespace {

constexpr const char* kPrompt = "(typed here)";  // the line that sets it has a quote before its end

void writeFile(const QString& path, const QByteArray& text) {
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
    file.write(text);
}

/// First words of the lines that are indented by two under "Subcommands:" of a help text.
QSet<QString> commandsOfHelp(const QStringList& command) {
    const QString help = QString::fromUtf8(cli(command + QStringList{"--help"}).out);
    QSet<QString> names;
    bool inside = false;
    for (const QString& line : help.split('\n')) {
        if (line.startsWith("Subcommands:")) inside = true;
        else if (!line.startsWith(' ')) inside = false;
        else if (inside && line.startsWith("  ") && line.at(2) != ' ') names.insert(line.mid(2).section(' ', 0, 0));
    }
    return names;
}

QStringList answers(const QStringList& words, const QMap<QString, QString>& environment = {}) {
    QStringList found;
    for (const QByteArray& line : cli(QStringList{"complete"} + words, 60'000, environment).out.split('\n')) {
        if (!line.isEmpty()) found.append(QString::fromUtf8(line).section('\t', 0, 0));
    }
    return found;
}

}  // namespace

class CompletionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(home_.isValid());
        for (const QString run : {"alpha-run", "alpine", "beta run"}) {
            writeFile(home_.filePath("data/switchyard/runs/" + run + "/config.yaml"), "run: {name: x}\n");
        }
        writeFile(home_.filePath("my-config.yaml"), "run: {name: x}\n");
        writeFile(home_.filePath("data/bash-completion/completions/switchyard"), cli({"completion", "bash"}).out);
        writeFile(home_.filePath("zsh/_switchyard"), cli({"completion", "zsh"}).out);
        writeFile(home_.filePath("config/fish/completions/switchyard.fish"), cli({"completion", "fish"}).out);
        environment_ = {{"HOME", home_.path()},
                        {"XDG_DATA_HOME", home_.filePath("data")},
                        {"XDG_CONFIG_HOME", home_.filePath("config")},
                        {"XDG_CACHE_HOME", home_.filePath("cache")},
                        {"PATH", QStringLiteral(SWITCHYARD_BIN_DIR ":") + qEnvironmentVariable("PATH")},
                        {"TERM", "xterm"},
                        {"LC_ALL", "C.UTF-8"}};
    }

    /// What the program itself answers.
    void commandsAreThoseOfTheHelp() {
        for (const QStringList& command : {QStringList{}, {"runs"}, {"ckpt"}, {"queue"}, {"bench"}, {"data"}, {"config"}}) {
            const QStringList found = answers(command + QStringList{""});
            const QSet<QString> helped = commandsOfHelp(command);
            QVERIFY2(helped.size() > 2, qPrintable(command.join(' ')));
            QCOMPARE(QSet<QString>(found.begin(), found.end()), helped);
        }
    }

    void everyKeyOfTheSchemaFollowsSet() {
        const QJsonObject keys = cli({"config", "show", shippedConfig("smoke.yaml"), "--json"}).json();
        QVERIFY(keys.size() > 100);
        QSet<QString> wanted;
        for (const QString& key : keys.keys()) wanted.insert(key + "=");
        const QStringList found = answers({"train", "--config", "x.yaml", "--set", ""});
        QCOMPARE(QSet<QString>(found.begin(), found.end()), wanted);
        QCOMPARE(answers({"train", "--set", "train.precision="}),
                 QStringList({"train.precision=fp32", "train.precision=bf16", "train.precision=fp16", "train.precision=fp64"}));
    }

    void namesOfRuns() {
        QStringList found = answers({"runs", "show", "al"}, environment_);
        found.sort();
        QCOMPARE(found, QStringList({":files", "alpha-run", "alpine"}));
        QVERIFY(answers({"runs", "show", "--runs-dir", home_.path(), "al"}, environment_) == QStringList({":files"}));
        QVERIFY(answers({"no", "such", ""}).isEmpty());
        QVERIFY(answers({"train", "--ranks", ""}).isEmpty());  // a number
    }

    void shellsComplete_data() {
        QTest::addColumn<QString>("shell");
        for (const char* shell : {"bash", "zsh", "fish"}) QTest::newRow(shell) << QString::fromLatin1(shell);
    }
    void shellsComplete() {
        QFETCH(QString, shell);
        if (QStandardPaths::findExecutable(shell).isEmpty()) QSKIP(qPrintable(shell + " is not installed (installer/setup.sh --tests)"));
        Terminal terminal(commandOf(shell), environment_);
        terminal.type(setUp(shell));
        QVERIFY2(terminal.readTo(QByteArray(kPrompt) + "$").endsWith("$"), "no prompt");
        struct Case {
            const char* typed;
            QStringList words;
        };
        const QVector<Case> cases = {
            {"switchyard docto\t", {"doctor"}},
            {"switchyard runs metr\t", {"runs", "metrics"}},
            {"switchyard train --conf\t", {"train", "--config"}},
            {"switchyard train --config my-con\t", {"train", "--config", "my-config.yaml"}},
            {"switchyard runs show alpha\t", {"runs", "show", "alpha-run"}},
            {"switchyard runs show bet\t", {"runs", "show", "beta run"}},
            {"switchyard train --set optim.warmup_st\t12", {"train", "--set", "optim.warmup_steps=12"}},
            {"switchyard train --set train.precision=bf\t", {"train", "--set", "train.precision=bf16"}},
            {"switchyard ckpt export x --format pe\t", {"ckpt", "export", "x", "--format", "peft"}},
            {"switchyard completion fi\t", {"completion", "fish"}},
        };
        for (const Case& one : cases) {
            // The completed line, put behind a command that prints its words.
            terminal.type(QByteArray(one.typed) + "\x05 END\x01printf '<%s>\\n' \r");
            const QByteArray shown = terminal.readTo("<END>");
            QStringList words;
            static const QRegularExpression word("(?:^|\r)<([^\r]*)>\\s*$", QRegularExpression::MultilineOption);
            for (auto it = word.globalMatch(QString::fromUtf8(shown)); it.hasNext();) words.append(it.next().captured(1));
            QCOMPARE(words, QStringList{"switchyard"} + one.words + QStringList{"END"});
            terminal.readTo(QByteArray(kPrompt) + "$");
        }
    }

    /// Without bash-completion, from `source <(switchyard completion bash)`: all that fits is put in at once.
    void bashListsAll() {
        Terminal terminal({"bash", "--norc", "--noprofile", "-i"}, environment_);
        terminal.type("PS1='" + QByteArray(kPrompt) + "'\\$; source <(switchyard completion bash)\r");
        terminal.readTo(QByteArray(kPrompt) + "$");
        terminal.type("switchyard queue \x1b*\x05 END\x01printf '<%s>\\n' \r");
        const QString shown = QString::fromUtf8(terminal.readTo("<END>"));
        for (const QString& command : commandsOfHelp({"queue"})) QVERIFY2(shown.contains("<" + command + ">"), qPrintable(shown));
    }

    void pagesOfManAreClean_data() {
        QTest::addColumn<QString>("page");
        for (const char* page : {"switchyard.1", "switchyard-config.5", "switchyard-worker.1", "switchyard-workbench.1"}) {
            QTest::newRow(page) << QString::fromLatin1(page);
        }
    }
    void pagesOfManAreClean() {
        QFETCH(QString, page);
        if (QStandardPaths::findExecutable("man").isEmpty()) QSKIP("man-db is not installed (installer/setup.sh --tests)");
        QByteArray text;
        if (page == "switchyard.1") text = cli({"man"}).out;
        else if (page == "switchyard-config.5") text = cli({"man", "config"}).out;
        else {
            QFile file(QStringLiteral(SWITCHYARD_SOURCE_DIR "/resources/man/") + page);
            QVERIFY(file.open(QIODevice::ReadOnly));
            text = file.readAll();
        }
        const QString path = home_.filePath("man/" + page);
        writeFile(path, text);
        for (const char* width : {"60", "80", "120"}) {
            QProcess man;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("MANWIDTH", width);
            environment.insert("LC_ALL", "C.UTF-8");
            man.setProcessEnvironment(environment);
            man.start("man", {"--warnings", "-l", path});
            QVERIFY(man.waitForFinished(60'000));
            QCOMPARE(QString::fromUtf8(man.readAllStandardError()), QString());
            QCOMPARE(man.exitCode(), 0);
            rendered_[page] = QString::fromUtf8(man.readAllStandardOutput());
            QVERIFY(rendered_[page].contains("NAME"));
        }
    }

    /// Every option that a program's help names stands in its page.
    void pagesSayAll() {
        if (rendered_.isEmpty()) QSKIP("no page was rendered");
        for (const QString& command : commandsOfHelp({})) {
            QVERIFY2(rendered_["switchyard.1"].contains("switchyard " + command), qPrintable(command));
        }
        for (const QString program : {"switchyard-worker", "switchyard-workbench"}) {
            const Outcome help = runProgram(program, {"--help"}, 60'000, {{"QT_QPA_PLATFORM", "offscreen"}});
            QCOMPARE(help.code, 0);
            static const QRegularExpression option("(?<![\\w-])--[a-z][a-z-]+");
            int seen = 0;
            for (auto it = option.globalMatch(QString::fromUtf8(help.out)); it.hasNext();) {
                const QString name = it.next().captured();
                QVERIFY2(rendered_[program + ".1"].contains(name) || torchruns_.contains(name), qPrintable(program + " " + name));
                ++seen;
            }
            QVERIFY(seen > 2);
        }
    }

private:
    static QStringList commandOf(const QString& shell) {
        if (shell == "bash") return {"bash", "--norc", "--noprofile", "-i"};
        if (shell == "zsh") return {"zsh", "-f", "-i"};
        return {"fish", "--no-config", "-i"};
    }
    /// The shell as its package sets it up, with the completion in a folder of the user's.
    QByteArray setUp(const QString& shell) const {
        const QByteArray home = home_.path().toLocal8Bit();
        if (shell == "bash") {
            const QByteArray load = QFile::exists("/usr/share/bash-completion/bash_completion")
                                        ? QByteArray("source /usr/share/bash-completion/bash_completion")
                                        : QByteArray("source <(switchyard completion bash)");
            return "cd " + home + "; " + load + "; bind 'set enable-bracketed-paste off'; PS1='" + kPrompt + "'\\$\r";
        }
        if (shell == "zsh") {
            return "cd " + home + "; fpath=(" + home + "/zsh $fpath); autoload -U compinit; compinit -u -D; bindkey -e; PS1='" + kPrompt +
                   "'\\$\r";
        }
        return "cd " + home + "; source " + home + "/config/fish/completions/switchyard.fish; function fish_prompt; echo -n '" + kPrompt +
               "'\\$; end\r";
    }

    QTemporaryDir home_;
    QMap<QString, QString> environment_;
    QMap<QString, QString> rendered_;
    // Options of torchrun in an example of the worker's help.
    const QStringList torchruns_ = {"--nnodes", "--node-rank", "--nproc-per-node", "--master-addr", "--master-port", "--no-python"};
};

QTEST_GUILESS_MAIN(CompletionTest)
#include "completion_test.moc"
