// SPDX-License-Identifier: GPL-3.0-or-later
// The experts of query and hit beside each other, layer by layer.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/models/retrieval_result.h"
#include "ui/models/route_shares.h"
#include "ui/services/failure.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace switchyard::ui {

class InferenceClient;
class RouteTracer;

/// A row an expert: its tag, its share of the query's choices and of the hit's. Thread: GUI thread.
class ShareBars : public QWidget {
    Q_OBJECT
public:
    static constexpr int kMost = 12;
    explicit ShareBars(QWidget* parent = nullptr);
    void setShares(const QList<RouteShare>& shares, int experts);
    const QList<RouteShare>& shares() const { return shares_; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<RouteShare> shares_;
    int experts_ = 0;
};

/// A text and a picture pass the model together, so that fusion layers see both; of two pictures each passes alone.
/// Traced when the person wants to see it, and for each hit that is looked at while it is open. Thread: GUI thread.
class RoutesBeside : public QWidget {
    Q_OBJECT
public:
    explicit RoutesBeside(InferenceClient& inference, QWidget* parent = nullptr);
    /// Row -1 = no hit.
    void setHit(const QString& checkpoint, const RetrievalResult& result, int row);

private:
    void trace();
    void stop();
    void take(int key, const RoutedSamplePtr& sample);
    void fillLayers();
    void showLayer();
    void tell(const QString& text);

    RouteTracer* tracer_;
    QString checkpoint_;
    RetrievalQuery query_;
    RetrievalHit hit_;
    bool has_hit_ = false;
    QTimer rested_;
    RoutedSide query_side_, hit_side_;
    QPushButton* open_;
    QLabel* state_;
    QWidget* content_;
    QComboBox* layers_;
    QLabel* overlap_;
    ShareBars* bars_;
};

}  // namespace switchyard::ui
