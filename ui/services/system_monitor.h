// SPDX-License-Identifier: GPL-3.0-or-later
// How busy this machine is, read once a second by a thread of its own.
#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <vector>

#include "ui/services/nvml_reader.h"

namespace switchyard::ui {

struct SystemLoad {
    double cpu = 0;                          ///< share of all cores that worked in the last second, 0 to 1
    int cores = 0;                           ///< of the machine
    double memory_used = 0, memory = 0;      ///< bytes; used = what could not be had at once
    double disk_used = 0, disk = 0;          ///< bytes of the file system with the runs; 0 = not known
    double disk_read = -1, disk_write = -1;  ///< bytes/s of its device; -1 = not told (a network's, an overlay)
    std::vector<GpuLoad> gpus;
    QString gpu_problem;  ///< why there are no GPUs here, "" when they can be read
};

class SystemReader;

/// Source: proc(5), /proc/stat and /proc/meminfo, statvfs(3), /sys/dev/block, NVML. Thread: GUI thread; nothing here
/// waits but the destructor.
class SystemMonitor : public QObject {
    Q_OBJECT
public:
    /// `nvml`: the library to look for.
    explicit SystemMonitor(QObject* parent = nullptr, const QString& nvml = QString::fromLatin1(NvmlReader::kLibrary));
    ~SystemMonitor() override;
    /// The folder whose disk is told of.
    void setFolder(const QString& folder);

Q_SIGNALS:
    void loadChanged(const switchyard::ui::SystemLoad& load);

private:
    SystemReader* reader_;
    QThread thread_;
};

}  // namespace switchyard::ui
