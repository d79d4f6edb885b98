// SPDX-License-Identifier: MIT
// `switchyard serve` as a test starts it, asks it and looks at it.
#pragma once

#include <httplib.h>
#include <signal.h>

#include <QRegularExpression>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/serve/byte_tensor.h"
#include "support/listening.h"
#include "support/program.h"

namespace switchyard::test {

inline QString demoCheckpoint() {
    return QStringLiteral(SWITCHYARD_SOURCE_DIR "/resources/demo");
}

class Serving {
public:
    explicit Serving(const QStringList& more = {}, const QString& checkpoint = demoCheckpoint(),
                     const QMap<QString, QString>& environment = {}) {
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (auto it = environment.begin(); it != environment.end(); ++it) all.insert(it.key(), it.value());
        process_.setProcessEnvironment(all);
        process_.setProcessChannelMode(QProcess::SeparateChannels);
        process_.start(binary("switchyard"),
                       QStringList{"serve", "--checkpoint", checkpoint, "--port", "0", "--json"} + more);
        while (!process_.canReadLine() && process_.waitForReadyRead(120'000)) {
        }
        const QJsonObject told = QJsonDocument::fromJson(process_.readLine()).object();
        url_ = told["url"].toString();
        models_ = told["models"].toVariant().toStringList();
        port_ = url_.mid(url_.lastIndexOf(':') + 1).toInt();
    }
    ~Serving() {
        process_.kill();
        process_.waitForFinished();
    }
    bool listens() const { return port_ > 0; }
    QString url() const { return url_; }
    int port() const { return port_; }
    QStringList models() const { return models_; }
    qint64 pid() const { return process_.processId(); }
    QProcess& process() { return process_; }

    std::unique_ptr<httplib::Client> client(int read_s = 60) const {
        auto made = std::make_unique<httplib::Client>("127.0.0.1", port_);
        made->set_keep_alive(true);
        made->set_read_timeout(read_s);
        return made;
    }

    QList<qint64> workers() const {
        QList<qint64> pids;
        for (const QString& entry : QDir("/proc").entryList(QDir::Dirs)) {
            QFile stat("/proc/" + entry + "/stat");
            if (!entry[0].isDigit() || !stat.open(QIODevice::ReadOnly)) continue;
            const QByteArray text = stat.readAll();
            const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
            if (fields.size() > 1 && fields[1].toLongLong() == pid() && fields[0] != "Z") pids << entry.toLongLong();
        }
        return pids;
    }

    /// A line of /metrics without labels, or with these: "NAME{...}". -1 when it is not there.
    double metric(const std::string& name) const {
        const httplib::Result result = client()->Get("/metrics");
        if (!result) return -1;
        const std::size_t at = ("\n" + result->body).find("\n" + name + " ");
        return at == std::string::npos ? -1 : std::stod(result->body.substr(at + name.size() + 1));
    }

private:
    QProcess process_;
    QString url_;
    QStringList models_;
    int port_ = 0;
};

inline qint64 residentKib(qint64 pid) {
    QFile status(QString("/proc/%1/status").arg(pid));
    if (!status.open(QIODevice::ReadOnly)) return 0;
    const QRegularExpressionMatch match = QRegularExpression("VmRSS:\\s+(\\d+)").match(QString(status.readAll()));
    return match.captured(1).toLongLong();
}

inline nlohmann::json textTensor(const std::string& name, const std::vector<std::string>& values) {
    return {{"name", name}, {"datatype", "BYTES"}, {"shape", {values.size(), 1}}, {"data", values}};
}

/// A request with one binary column.
struct BinaryRequest {
    std::string body;
    httplib::Headers headers;
};
inline BinaryRequest binaryRequest(const std::string& name, const std::vector<std::string>& values,
                                   nlohmann::json more = nlohmann::json::object()) {
    std::string data;
    for (const std::string& value : values) serve::packText(value, &data);
    more["inputs"] = {{{"name", name},
                       {"datatype", "BYTES"},
                       {"shape", {values.size()}},
                       {"parameters", {{"binary_data_size", data.size()}}}}};
    const std::string head = more.dump();
    return {head + data, {{"Inference-Header-Content-Length", std::to_string(head.size())}}};
}

inline std::string fileBytes(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

}  // namespace switchyard::test
