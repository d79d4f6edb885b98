// SPDX-License-Identifier: GPL-3.0-or-later
// How busy this machine is, read once a second by a thread of its own.
#pragma once

#include <QObject>
#include <QThread>

namespace switchyard::ui {

struct SystemLoad {
    double cpu = 0;                      ///< share of all cores that worked in the last second, 0 to 1
    double memory_used = 0, memory = 0;  ///< bytes; used = what could not be had at once
};

/// Source: proc(5), /proc/stat and /proc/meminfo. Thread: GUI thread; nothing here waits but the destructor.
class SystemMonitor : public QObject {
    Q_OBJECT
public:
    explicit SystemMonitor(QObject* parent = nullptr);
    ~SystemMonitor() override;

Q_SIGNALS:
    void loadChanged(const switchyard::ui::SystemLoad& load);

private:
    QThread thread_;
};

}  // namespace switchyard::ui
