// SPDX-License-Identifier: GPL-3.0-or-later
// The step that all plots of a page point at.
#pragma once

#include <QObject>
#include <optional>

namespace switchyard::ui {

/// Follows the mouse until it is pinned. Thread: GUI thread.
class LinkedCursor : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    std::optional<double> step() const { return step_; }
    bool pinned() const { return pinned_; }
    /// The mouse is over a record (or has left: nullopt); nothing happens while pinned.
    void hover(std::optional<double> step);
    void pin(double step);
    void unpin();

Q_SIGNALS:
    void changed();

private:
    void set(std::optional<double> step, bool pinned);

    std::optional<double> step_;
    bool pinned_ = false;
};

}  // namespace switchyard::ui
