// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>

#include "core/base/util/error.h"
#include "core/base/util/paths.h"

using namespace switchyard;

class TestConfigPaths : public QObject {
    Q_OBJECT
    QTemporaryDir dir_;
    std::string home_;
private Q_SLOTS:
    void init() {
        home_ = dir_.path().toStdString();
        for (const char* name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
                                 "XDG_RUNTIME_DIR", "SWITCHYARD_RESOURCES"}) {
            unsetenv(name);
        }
        setenv("HOME", home_.c_str(), 1);
    }

    void fallBacksBelowHome() {
        QCOMPARE(dataHome().string(), home_ + "/.local/share/switchyard");
        QCOMPARE(cacheHome().string(), home_ + "/.cache/switchyard");
        QCOMPARE(configHome().string(), home_ + "/.config/switchyard");
        QCOMPARE(stateHome().string(), home_ + "/.local/state/switchyard");
    }

    void variablesCount() {
        setenv("XDG_DATA_HOME", "/d", 1);
        setenv("XDG_CACHE_HOME", "relative", 1);  // to be ignored, says the specification
        setenv("XDG_STATE_HOME", "", 1);
        setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
        QCOMPARE(dataHome().string(), std::string("/d/switchyard"));
        QCOMPARE(cacheHome().string(), home_ + "/.cache/switchyard");
        QCOMPARE(stateHome().string(), home_ + "/.local/state/switchyard");
        QCOMPARE(runtimeDir().string(), std::string("/run/user/7/switchyard"));
    }

    void privateRuntimeFolder() {
        setenv("TMPDIR", home_.c_str(), 1);
        const fs::path made = runtimeDir();
        struct stat info {};
        QCOMPARE(stat(made.c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777, mode_t{0700});
        QCOMPARE(runtimeDir(), made);
        chmod(made.c_str(), 0777);  // someone else could have put files there
        QVERIFY_EXCEPTION_THROWN(runtimeDir(), Error);
        fs::remove(made);
        fs::create_directory_symlink("/", made);
        QVERIFY_EXCEPTION_THROWN(runtimeDir(), Error);
        unsetenv("TMPDIR");
    }

    void expansion() {
        setenv("XDG_DATA_HOME", "/d", 1);
        QCOMPARE(expandPath("~/x/y").string(), home_ + "/x/y");
        QCOMPARE(expandPath("~").string(), home_);
        QCOMPARE(expandPath("@data/demo").string(), std::string("/d/switchyard/data/demo"));
        for (const char* same : {"a/~/b", "~user/x", "@database/x", "/abs", "rel", ""}) {
            QCOMPARE(expandPath(same).string(), std::string(same));
        }
    }

    void shippedFolders() {
        QCOMPARE(configsDir().string(), std::string(SWITCHYARD_SOURCE_DIR "/configs"));
        QCOMPARE(resourcesDir().string(), std::string(SWITCHYARD_SOURCE_DIR "/resources"));
        QVERIFY(fs::exists(configsDir() / "smoke.yaml"));
        fs::create_directories(home_ + "/p/configs");
        setenv("SWITCHYARD_RESOURCES", (home_ + "/p/resources").c_str(), 1);
        QCOMPARE(resourcesDir().string(), home_ + "/p/resources");
        QCOMPARE(configsDir().string(), home_ + "/p/configs");
    }

    void ownFolder() { QVERIFY(fs::exists(executableDir() / "test_config_paths")); }
};

QTEST_GUILESS_MAIN(TestConfigPaths)
#include "test_config_paths.moc"
