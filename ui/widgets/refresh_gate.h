// SPDX-License-Identifier: GPL-3.0-or-later
// Turns many changes into few refreshes: at most ten a second, and only while the view can be seen.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

class QWidget;

namespace switchyard::ui {

/// Thread: GUI thread.
class RefreshGate : public QObject {
    Q_OBJECT
public:
    /// Owned by the view.
    explicit RefreshGate(QWidget* view, int interval_ms = 100);
    /// For a view whose refresh costs more at times.
    void setInterval(int interval_ms) { interval_ms_ = interval_ms; }
    /// Something changed; `restart` is kept until the next due().
    void request(bool restart);

Q_SIGNALS:
    void due(bool restart);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void arm();
    void fire();

    QWidget* view_;
    int interval_ms_;
    QTimer timer_;
    QElapsedTimer since_last_;
    bool pending_ = false, restart_ = false;
    bool drawn_ = false;  ///< the view, before its first refresh
};

}  // namespace switchyard::ui
