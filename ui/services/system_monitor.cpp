// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/system_monitor.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <QTimer>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace switchyard::ui {
namespace {

constexpr int kEveryMs = 1000;
constexpr double kSector = 512;  // bytes in block statistics, whatever the device's own sectors are

}  // namespace

/// Reads the kernel's and the driver's counters; lives in the monitor's thread.
class SystemReader : public QObject {
public:
    explicit SystemReader(QString nvml) : nvml_name_(std::move(nvml)) {}
    void setFolder(const QString& folder) {
        folder_ = folder.toStdString();
        sectors_at_ = {};
    }
    SystemLoad read() {
        SystemLoad load;
        readCpu(load);
        readMemory(load);
        if (!folder_.empty()) readDisk(load);
        if (nvml_ == nullptr) nvml_ = std::make_unique<NvmlReader>(nvml_name_.toUtf8().constData());
        load.gpus = nvml_->read();
        load.gpu_problem = QString::fromStdString(nvml_->problem());
        if (load.gpus.empty() && load.gpu_problem.isEmpty())
            load.gpu_problem = SystemMonitor::tr("The NVIDIA driver finds no GPU");
        return load;
    }

private:
    void readCpu(SystemLoad& load) {
        std::ifstream stat("/proc/stat");
        std::string name;
        double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0;
        stat >> name >> user >> nice >> system >> idle >> wait >> irq >> soft >> steal;
        const double busy = user + nice + system + irq + soft + steal, all = busy + idle + wait;
        if (all > all_) load.cpu = (busy - busy_) / (all - all_);
        busy_ = busy;
        all_ = all;
        for (std::string line; std::getline(stat, line);)
            if (line.size() > 3 && line.starts_with("cpu") && line[3] >= '0' && line[3] <= '9') ++load.cores;
    }

    static void readMemory(SystemLoad& load) {
        std::ifstream memory("/proc/meminfo");
        std::string name;
        for (std::string line; std::getline(memory, line);) {
            std::istringstream words(line);
            double kilobytes = 0;
            words >> name >> kilobytes;
            if (name == "MemTotal:") load.memory = kilobytes * 1024;
            if (name == "MemAvailable:") load.memory_used = load.memory - kilobytes * 1024;
        }
    }

    void readDisk(SystemLoad& load) {
        struct statvfs disk {};
        if (::statvfs(folder_.c_str(), &disk) != 0) return;
        // What only the administrator may fill counts as used.
        load.disk = static_cast<double>(disk.f_blocks) * static_cast<double>(disk.f_frsize);
        load.disk_used = load.disk - static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
        struct stat folder {};
        if (::stat(folder_.c_str(), &folder) != 0) return;
        std::ifstream statistics("/sys/dev/block/" + std::to_string(major(folder.st_dev)) + ":" +
                                 std::to_string(minor(folder.st_dev)) + "/stat");
        double reads = 0, merged = 0, read = 0, ticks = 0, writes = 0, also_merged = 0, written = 0;
        if (!(statistics >> reads >> merged >> read >> ticks >> writes >> also_merged >> written)) return;
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - sectors_at_).count();
        if (sectors_at_ != std::chrono::steady_clock::time_point{} && seconds > 0) {
            load.disk_read = (read - read_) * kSector / seconds;
            load.disk_write = (written - written_) * kSector / seconds;
        }
        read_ = read;
        written_ = written;
        sectors_at_ = now;
    }

    QString nvml_name_;
    std::string folder_;
    std::unique_ptr<NvmlReader> nvml_;
    double busy_ = 0, all_ = 0, read_ = 0, written_ = 0;
    std::chrono::steady_clock::time_point sectors_at_;
};

SystemMonitor::SystemMonitor(QObject* parent, const QString& nvml) : QObject(parent), reader_(new SystemReader(nvml)) {
    auto* timer = new QTimer(reader_);
    timer->setInterval(kEveryMs);
    reader_->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, reader_, &QObject::deleteLater);
    connect(&thread_, &QThread::started, reader_, [this, timer] {
        reader_->read();  // the counters since boot; the next reading is the first that tells of now
        connect(timer, &QTimer::timeout, reader_, [this] { Q_EMIT loadChanged(reader_->read()); });
        timer->start();
    });
    thread_.setObjectName(QStringLiteral("system monitor"));
    thread_.start(QThread::LowPriority);
}

SystemMonitor::~SystemMonitor() {
    thread_.quit();
    thread_.wait();
}

void SystemMonitor::setFolder(const QString& folder) {
    QMetaObject::invokeMethod(reader_, [reader = reader_, folder] { reader->setFolder(folder); });
}

}  // namespace switchyard::ui
