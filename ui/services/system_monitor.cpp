// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/system_monitor.h"

#include <QTimer>
#include <fstream>
#include <sstream>
#include <string>

namespace switchyard::ui {
namespace {

constexpr int kEveryMs = 1000;

/// Reads the kernel's counters; lives in the monitor's thread.
class Reader : public QObject {
public:
    SystemLoad read() {
        SystemLoad load;
        std::ifstream stat("/proc/stat");
        std::string name;
        double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0;
        stat >> name >> user >> nice >> system >> idle >> wait >> irq >> soft >> steal;
        const double busy = user + nice + system + irq + soft + steal, all = busy + idle + wait;
        if (all > all_) load.cpu = (busy - busy_) / (all - all_);
        busy_ = busy;
        all_ = all;
        std::ifstream memory("/proc/meminfo");
        for (std::string line; std::getline(memory, line);) {
            std::istringstream words(line);
            double kilobytes = 0;
            words >> name >> kilobytes;
            if (name == "MemTotal:") load.memory = kilobytes * 1024;
            if (name == "MemAvailable:") load.memory_used = load.memory - kilobytes * 1024;
        }
        return load;
    }

private:
    double busy_ = 0, all_ = 0;
};

}  // namespace

SystemMonitor::SystemMonitor(QObject* parent) : QObject(parent) {
    auto* reader = new Reader;
    auto* timer = new QTimer(reader);
    timer->setInterval(kEveryMs);
    reader->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, reader, &QObject::deleteLater);
    connect(&thread_, &QThread::started, reader, [this, reader, timer] {
        reader->read();  // the counters since boot; the next reading is the first that tells of now
        connect(timer, &QTimer::timeout, reader, [this, reader] { Q_EMIT loadChanged(reader->read()); });
        timer->start();
    });
    thread_.setObjectName(QStringLiteral("system monitor"));
    thread_.start(QThread::LowPriority);
}

SystemMonitor::~SystemMonitor() {
    thread_.quit();
    thread_.wait();
}

}  // namespace switchyard::ui
