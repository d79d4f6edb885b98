// SPDX-License-Identifier: GPL-3.0-or-later
// What a widget writes on the screen, whoever paints it: a paint device that draws nothing and keeps the texts.
#pragma once

#include <QPaintDevice>
#include <QPaintEngine>
#include <QStringList>
#include <QTextItem>
#include <QWidget>

namespace switchyard::test {

class TextsDevice : public QPaintDevice {
public:
    TextsDevice(QSize size, const QWidget& like)
        : size_(size), dpi_x_(like.logicalDpiX()), dpi_y_(like.logicalDpiY()) {}
    QPaintEngine* paintEngine() const override { return &engine_; }
    const QStringList& texts() const { return engine_.texts; }

protected:
    int metric(PaintDeviceMetric metric) const override {
        switch (metric) {
            case PdmWidth:
                return size_.width();
            case PdmHeight:
                return size_.height();
            case PdmDpiX:
            case PdmPhysicalDpiX:
                return dpi_x_;
            case PdmDpiY:
            case PdmPhysicalDpiY:
                return dpi_y_;
            case PdmDepth:
                return 32;
            case PdmNumColors:
                return 1 << 24;
            case PdmDevicePixelRatio:
                return 1;
            case PdmDevicePixelRatioScaled:
                return static_cast<int>(devicePixelRatioFScale());
            default:
                return QPaintDevice::metric(metric);
        }
    }

private:
    struct Engine : QPaintEngine {
        Engine() : QPaintEngine(AllFeatures) {}
        bool begin(QPaintDevice*) override { return true; }
        bool end() override { return true; }
        void updateState(const QPaintEngineState&) override {}
        void drawPath(const QPainterPath&) override {}
        void drawPolygon(const QPointF*, int, PolygonDrawMode) override {}
        void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
        void drawImage(const QRectF&, const QImage&, const QRectF&, Qt::ImageConversionFlags) override {}
        void drawTextItem(const QPointF&, const QTextItem& item) override { texts.append(item.text()); }
        Type type() const override { return User; }
        QStringList texts;
    };
    QSize size_;
    int dpi_x_, dpi_y_;
    mutable Engine engine_;
};

/// The widget's own texts, without its children's.
inline QStringList paintedTexts(QWidget& widget) {
    TextsDevice device(widget.size(), widget);
    widget.render(&device, {}, {}, QWidget::RenderFlags());
    return device.texts();
}

}  // namespace switchyard::test
